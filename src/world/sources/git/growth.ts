import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Watches a folder that another process fills. */
export interface Growth {
  /** Aborted with the signal it was made with, and when the folder has grown too large. */
  readonly signal: AbortSignal;
  isExceeded(): boolean;
  stop(): void;
}

/** Milliseconds between two looks. */
const lookMs = 200;

/** Git has no limit for what it receives: the folder is looked at while it does. */
export function watchGrowth(dir: string, maxBytes: number, signal: AbortSignal): Growth {
  const exceeded = new AbortController();
  const look = async (): Promise<void> => {
    if ((await sizeOf(dir)) > maxBytes) exceeded.abort(new Error('more was received than may be'));
  };
  const timer = setInterval(() => void look(), lookMs);
  return {
    signal: AbortSignal.any([signal, exceeded.signal]),
    isExceeded: () => exceeded.signal.aborted,
    stop: () => clearInterval(timer),
  };
}

/** Bytes of all files below a folder; those that vanish meanwhile are left out. */
async function sizeOf(dir: string): Promise<number> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(names.map((name) => stat(join(dir, name)).catch(() => null)));
  return sizes.reduce((sum, facts) => sum + (facts?.isFile() === true ? facts.size : 0), 0);
}
