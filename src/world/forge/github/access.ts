import type { RepoRef } from '../../../model/repo.ts';
import type { Client } from './client.ts';
import { calling, type ErrorContext } from './errors.ts';

/** Everything a repository's calls need. */
export interface Access {
  readonly client: Client;
  readonly ref: RepoRef;
  readonly owner: string;
  readonly repo: string;
  readonly errors: ErrorContext;
  /** Ids of the users whose comments are ours. */
  authorIds(): Promise<ReadonlySet<number>>;
  /** A token that may read this one repository, for Git. */
  gitToken(): Promise<string>;
  /** Runs one piece of work at a time for a key. */
  readonly oneAtATime: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}

/** Items a page holds; GitHub's most. */
export const PAGE = 100;

/** The owner and name in `owner/name`. */
export function splitName(fullName: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = fullName.split('/');
  return { owner, repo };
}

/** Reads a list page by page: to the end, the cap, or until `enough` says so of what was read. */
export async function readPages<T>(
  access: Access,
  spec: {
    readonly pages: number;
    read(page: number): Promise<readonly T[]>;
    enough?(page: readonly T[]): boolean;
  },
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; page <= spec.pages; page += 1) {
    const items = await calling(access.errors, () => spec.read(page));
    all.push(...items);
    if (items.length < PAGE || (spec.enough?.(items) ?? false)) break;
  }
  return all;
}

/** Queues work by key within this process; a key is forgotten once nothing waits for it. */
export function createTurns(): Access['oneAtATime'] {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    // The one before reports its own failure to its own caller.
    const own = before.then(work, work);
    last.set(key, own);
    try {
      return await own;
    } finally {
      if (last.get(key) === own) last.delete(key);
    }
  };
}

/** Makes something once, when first asked for. A failure is not kept. */
export function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return async () => {
    made ??= make();
    try {
      return await made;
    } catch (error) {
      made = null;
      throw error;
    }
  };
}
