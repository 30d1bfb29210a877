import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { FairleadError } from '../../model/error.ts';
import type { Git } from './run-git.ts';
import { gitFailed } from './run-git.ts';

/** Reads objects through one `git cat-file --batch` that stays. */
export interface Blobs {
  /** Contents by object id. Throws `git-failed` where an object is missing or git does not answer in time. */
  read(oids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>>;
  close(): void;
}

/** A reader for a repository; its process starts with the first object and starts anew when it died. */
export function openBlobs(git: Git): Blobs {
  return new BatchReader(git);
}

/** Milliseconds git may stay silent while objects are due. */
const silenceMs = 30_000;

interface Waiting {
  readonly oid: string;
  done(content: Uint8Array | null): void;
  fail(error: Error): void;
}

class BatchReader implements Blobs {
  readonly #git: Git;
  #session: Session | null = null;

  constructor(git: Git) {
    this.#git = git;
  }

  async read(oids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
    signal.throwIfAborted();
    if (oids.length === 0) return new Map();
    if (this.#session === null || this.#session.isOver) this.#session = new Session(this.#git);
    const reading = this.#session.read(oids);
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([reading, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      // After an abort the answers still come and are dropped; a fault then concerns nobody.
      reading.catch(() => undefined);
    }
  }

  close(): void {
    this.#session?.end(gitFailed('reading objects', this.#git.folder, 'the repository was closed'));
  }
}

/** One process. Answers come in the order of the questions. */
class Session {
  readonly #folder: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #queue: Waiting[] = [];
  #chunks: Buffer[] = [];
  #size = 0;
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  isOver = false;

  constructor(git: Git) {
    this.#folder = git.folder;
    const { args, env } = git.command(['cat-file', '--batch']);
    this.#child = spawn('git', [...args], { cwd: git.folder, env: { ...env } });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#child.stderr.resume();
    this.#child.stdin.on('error', (error) => this.end(error));
    this.#child.on('error', (error) => this.end(error));
    this.#child.on('close', () => this.end(this.#failure('git ended')));
    this.#hold(false);
  }

  read(oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    const reads = oids.map(
      (oid) =>
        new Promise<void>((resolve, reject) => {
          const done = (content: Uint8Array | null) => {
            if (content === null) return reject(objectMissing(oid, this.#folder));
            found.set(oid, content);
            resolve();
          };
          this.#queue.push({ oid, done, fail: reject });
        }),
    );
    this.#hold(true);
    this.#watch();
    this.#child.stdin.write(oids.map((oid) => `${oid}\n`).join(''));
    return Promise.all(reads).then(() => found);
  }

  /** Ends the process; whoever still waits gets the error. */
  end(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.#timer);
    for (const waiting of this.#queue.splice(0)) waiting.fail(error);
    this.#child.stdin.destroy();
    this.#child.kill('SIGKILL');
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= this.#next && this.#queue.length > 0 && this.#step());
    this.#watch();
    if (this.#queue.length === 0) this.#hold(false);
  }

  /** Takes one answer off the front; false when it is not whole yet, and then `#next` says how much it needs. */
  #step(): boolean {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    if (bytes === undefined) return false;
    this.#chunks = [bytes];
    const lineEnd = bytes.indexOf(10);
    if (lineEnd === -1) return this.#waitFor(bytes.length + 1);
    const header = bytes.toString('utf8', 0, lineEnd);
    const size = / (?:missing|ambiguous)$/.test(header) ? null : Number(header.slice(header.lastIndexOf(' ') + 1));
    const end = size === null ? lineEnd + 1 : lineEnd + size + 2;
    if (bytes.length < end) return this.#waitFor(end);
    this.#keep(bytes.subarray(end));
    this.#queue.shift()?.done(size === null ? null : bytes.subarray(lineEnd + 1, end - 1));
    return true;
  }

  #waitFor(size: number): boolean {
    this.#next = size;
    return false;
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    this.#next = 1;
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#queue.length === 0 || this.isOver) return;
    this.#timer = setTimeout(() => this.end(this.#failure('git did not answer')), silenceMs);
  }

  /** An idle reader does not keep the process alive. */
  #hold(isBusy: boolean): void {
    if (isBusy) this.#child.ref();
    else this.#child.unref();
  }

  #failure(reason: string): Error {
    return gitFailed('reading objects', this.#folder, reason);
  }
}

/** Clones without all of their files are common in CI jobs, and are never taken for repositories without files. */
function objectMissing(oid: string, folder: string): Error {
  return new FairleadError({
    code: 'git-failed',
    message: `reading objects failed in ${folder}: object ${oid} is missing.`,
    subject: folder,
    remedy: 'Clone without --filter, so that all files are there; in a whole clone run git fsck.',
  });
}
