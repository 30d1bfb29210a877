import { type ChildProcess, fork } from 'node:child_process';
import { type ErrorFacts, FairleadError } from '../model/error.ts';
import { workerScript } from './pool.ts';
import { type ProcessResult, type RunProcess, runProcess } from './process.ts';

type HostedSpec = Parameters<RunProcess>[0];

/** What the host's process is asked. */
export type HostRequest =
  | { readonly kind: 'run'; readonly id: number; readonly spec: Omit<HostedSpec, 'signal'> }
  | { readonly kind: 'stop'; readonly id: number };

/** What it answers: one reply to each `run`. */
export type HostReply =
  | { readonly id: number; readonly result: ProcessResult }
  | { readonly id: number; readonly error: ErrorFacts };

/**
 * A small process of our own that starts the others. Starting one copies the starter's page tables: 6 ms from a process of 50 MB,
 * 60 ms from one of 800 MB, in which nothing else happens on its thread. The host stays small however large we grow. When we
 * die, however, it ends what it started and itself.
 */
export interface ProcessHost {
  /** Throws what `runProcess` throws, and `FairleadError` `process-host-gone` when the host died meanwhile; the next call starts another. */
  readonly run: RunProcess;
  readonly close: () => Promise<void>;
}

/** Makes a host. Its process starts with the first one it is to run, and keeps us alive only while something runs in it. */
export function startProcessHost(): ProcessHost {
  return new ForkedHost();
}

interface Pending {
  readonly command: string;
  resolve(result: ProcessResult): void;
  reject(fault: unknown): void;
}

class ForkedHost implements ProcessHost {
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | null = null;
  #lastId = 0;
  #isClosed = false;

  readonly run: RunProcess = async (spec) => {
    if (this.#isClosed) return runProcess(spec);
    spec.signal.throwIfAborted();
    const { signal, ...rest } = spec;
    const child = this.#child ?? this.#start();
    const id = ++this.#lastId;
    // A host that is gone tells by its end, which rejects everything that waits; so no fault of sending need be heard.
    const tell = (request: HostRequest): void => void child.send(request, () => undefined);
    const stop = () => tell({ kind: 'stop', id });
    const ended = Promise.withResolvers<ProcessResult>();
    this.#pending.set(id, { command: spec.command, ...ended });
    signal.addEventListener('abort', stop, { once: true });
    hold(child, 'busy');
    tell({ kind: 'run', id, spec: rest });
    try {
      return await ended.promise;
    } catch (fault) {
      throw signal.aborted ? signal.reason : fault;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#pending.delete(id);
      if (this.#pending.size === 0) hold(child, 'idle');
    }
  };

  readonly close = async (): Promise<void> => {
    this.#isClosed = true;
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    if (child.connected) child.disconnect();
    await ended;
  };

  #start(): ChildProcess {
    const script = workerScript(import.meta.url, './process-host-child');
    // The warning is of types being stripped.
    const child = fork(script, { serialization: 'advanced', execArgv: ['--disable-warning=ExperimentalWarning'] });
    this.#child = child;
    child.on('message', (reply: HostReply) => this.#take(reply));
    child.once('error', () => this.#lose(child));
    child.once('exit', () => this.#lose(child));
    hold(child, 'idle');
    return child;
  }

  #take(reply: HostReply): void {
    const pending = this.#pending.get(reply.id);
    if ('error' in reply) pending?.reject(new FairleadError(reply.error));
    else pending?.resolve(buffered(reply.result));
  }

  #lose(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    for (const { command, reject } of this.#pending.values()) reject(goneError(command));
  }
}

/** Structured clone gives a plain `Uint8Array` for a `Buffer`. */
function buffered({ stdout, ...rest }: ProcessResult): ProcessResult {
  return { ...rest, stdout: Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength) };
}

function hold(child: ChildProcess, state: 'busy' | 'idle'): void {
  const method = state === 'busy' ? 'ref' : 'unref';
  child[method]();
  child.channel?.[method]();
}

function goneError(command: string): FairleadError {
  return new FairleadError({
    code: 'process-host-gone',
    message: `${command} was broken off: the process that starts others ended.`,
    subject: command,
    remedy: 'Try again; if it happens each time, look for what kills processes on this machine (memory?).',
  });
}
