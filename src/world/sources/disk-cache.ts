import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type Json, pickText } from '../../model/json.ts';
import { isLayout, type Layout } from './archive/entry-path.ts';

/** What a source answered to words such as a version or a tag. */
export interface KnownAnswer {
  readonly resolved: string;
  /** As `Fetched.digest`. */
  readonly digest: string;
  /** `sha256:…` of the archive. */
  readonly content: string;
  /** How the archive lies. */
  readonly layout: Layout;
}

/**
 * Archives on disk by their digest, and what words led to them. Several processes may share the folder: a file is written beside its
 * place and renamed, so that nobody reads half of one, and one that was dropped meanwhile is simply fetched again.
 */
export interface DiskCache {
  /** An archive, checked against its digest; null where it is not kept. */
  content(digest: string): Promise<Uint8Array | null>;
  /** Keeps an archive and gives its digest. A disk that takes nothing more is no fault: it is fetched again next time. */
  keep(bytes: Uint8Array): Promise<string>;
  answer(key: string): Promise<KnownAnswer | null>;
  remember(key: string, answer: KnownAnswer): Promise<void>;
}

/** How a cache is kept. */
export interface DiskCacheOptions {
  /** Folder of its own; made when it is missing. */
  readonly dir: string;
  /** Bytes of all archives together; what was read longest ago goes first. */
  readonly maxBytes: number;
  readonly now: () => Date;
}

/** Answers that are kept; each has a few hundred bytes. */
const mostAnswers = 10_000;

/** Milliseconds after which a file that is still unfinished belongs to a process that died. */
const deadAfterMs = 3_600_000;

/** Opens the cache in a folder. */
export function openDiskCache(options: DiskCacheOptions): DiskCache {
  return new FolderCache(options);
}

class FolderCache implements DiskCache {
  readonly #options: DiskCacheOptions;

  constructor(options: DiskCacheOptions) {
    this.#options = options;
  }

  async content(digest: string): Promise<Uint8Array | null> {
    const path = this.#contentPath(digest);
    const bytes = await readFile(path).catch(() => null);
    if (bytes === null) return null;
    if (digestOf(bytes) !== digest) {
      await rm(path, { force: true });
      return null;
    }
    await this.#touch(path);
    return bytes;
  }

  async keep(bytes: Uint8Array): Promise<string> {
    const digest = digestOf(bytes);
    if (bytes.length <= this.#options.maxBytes) {
      await this.#write(this.#contentPath(digest), bytes);
      await this.#prune('content', { bytes: this.#options.maxBytes, files: Number.POSITIVE_INFINITY });
    }
    return digest;
  }

  async answer(key: string): Promise<KnownAnswer | null> {
    const path = this.#answerPath(key);
    const text = await readFile(path, 'utf8').catch(() => null);
    const answer = text === null ? null : answerOf(text, key);
    if (answer !== null) await this.#touch(path);
    return answer;
  }

  async remember(key: string, answer: KnownAnswer): Promise<void> {
    await this.#write(this.#answerPath(key), Buffer.from(JSON.stringify({ key, ...answer })));
    await this.#prune('answers', { bytes: Number.POSITIVE_INFINITY, files: mostAnswers });
  }

  #contentPath(digest: string): string {
    return join(this.#options.dir, 'content', digest.replace('sha256:', ''));
  }

  /** Keys hold foreign text; names of files do not. */
  #answerPath(key: string): string {
    return join(this.#options.dir, 'answers', createHash('sha256').update(key).digest('hex'));
  }

  /** Readers count as use. Where the time cannot be set it goes a little earlier. */
  async #touch(path: string): Promise<void> {
    const now = this.#options.now();
    await utimes(path, now, now).catch(() => undefined);
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const unfinished = join(this.#options.dir, 'unfinished', randomUUID());
    try {
      for (const folder of ['content', 'answers', 'unfinished'])
        await mkdir(join(this.#options.dir, folder), { recursive: true, mode: 0o700 });
      await writeWhole(unfinished, bytes);
      await rename(unfinished, path);
      await this.#touch(path);
    } catch {
      // A full or read-only disk: a cache that keeps nothing is slower, not wrong.
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  /** Drops what was used longest ago until the rest fits, and what a killed process left unfinished. */
  async #prune(folder: string, most: { readonly bytes: number; readonly files: number }): Promise<void> {
    const kept = await filesOf(join(this.#options.dir, folder));
    const excess = {
      bytes: kept.reduce((sum, { size }) => sum + size, 0) - most.bytes,
      files: kept.length - most.files,
    };
    for (const { path, size } of kept.sort((one, other) => one.usedMs - other.usedMs)) {
      if (excess.bytes <= 0 && excess.files <= 0) break;
      await rm(path, { force: true });
      excess.bytes -= size;
      excess.files -= 1;
    }
    for (const { path, usedMs } of await filesOf(join(this.#options.dir, 'unfinished')))
      if (this.#options.now().getTime() - usedMs > deadAfterMs) await rm(path, { force: true });
  }
}

/** `sha256:…` of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

interface KeptFile {
  readonly path: string;
  readonly size: number;
  readonly usedMs: number;
}

/** The files of a folder; those that vanish meanwhile are left out. */
async function filesOf(folder: string): Promise<KeptFile[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const facts = await stat(path).catch(() => null);
      return facts === null ? [] : [{ path, size: facts.size, usedMs: facts.mtimeMs }];
    }),
  );
  return found.flat();
}

/** The answer a file holds; null where it is broken or of another key. */
function answerOf(text: string, key: string): KnownAnswer | null {
  const value = parse(text);
  if (!isJsonObject(value) || pickText(value, 'key') !== key) return null;
  const { resolved, digest, content, layout } = value;
  if (typeof resolved !== 'string' || typeof digest !== 'string' || typeof content !== 'string') return null;
  return /^sha256:[0-9a-f]{64}$/.test(content) && isLayout(layout) ? { resolved, digest, content, layout } : null;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Cut off by a crash of the machine: as good as none.
  }
}
