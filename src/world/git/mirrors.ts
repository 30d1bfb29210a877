import { join } from 'node:path';
import type { Repository } from './git.ts';
import { type OpenOptions, openMirror } from './repository.ts';

/** The bare mirrors of one data folder, each opened once. */
export interface Mirrors {
  /** The mirror of this name, made when it is missing. Fetches of one mirror run one after another: git locks its refs. */
  open(name: string): Promise<Repository>;
  close(): Promise<void>;
}

/** Keeps mirrors in a folder, one subfolder each. Names are our own (`github-42`), never foreign text. */
export function createMirrors(folder: string, options: Omit<OpenOptions, 'signal'> = {}): Mirrors {
  const opened = new Map<string, Promise<Repository>>();
  const open = (name: string): Promise<Repository> =>
    openMirror({ ...options, dir: join(folder, `${name}.git`), signal: AbortSignal.timeout(30_000) });
  return {
    open: (name) => {
      const known = opened.get(name) ?? open(name);
      opened.set(name, known);
      known.catch(() => opened.delete(name));
      return known;
    },
    close: async () => {
      for (const repository of await Promise.allSettled(opened.values())) {
        if (repository.status === 'fulfilled') await repository.value.close();
      }
    },
  };
}
