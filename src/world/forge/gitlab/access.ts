import type { Gitlab } from '@gitbeaker/rest';
import type { Logger } from 'pino';
import { BorderError } from '../../../model/error.ts';
import type { RepoRef } from '../../../model/repo.ts';
import { type Fields, readList } from './read.ts';
import type { Clock, Pace } from './sender.ts';

/** The calls we make of GitLab. */
export type Client = Gitlab;

/** What is remembered between calls; losing it costs requests, never truth. */
export interface Memory {
  /** `PROJECT:SHA` -> pipeline our status went to. */
  readonly pipelines: Map<string, number>;
  /** Deployment key -> id. */
  readonly deployments: Map<string, number>;
}

/** Everything a project's calls need. */
export interface Access {
  readonly client: Client;
  readonly ref: RepoRef;
  /** `https://gitlab.example`, without a slash at the end. */
  readonly url: string;
  readonly logger: Logger;
  readonly pace: Pace;
  readonly clock: Clock & { random(): number };
  readonly memory: Memory;
  /** Our own user: what it wrote is ours. */
  ownId(): Promise<number>;
  token(): Promise<string>;
  /** Runs one piece of work at a time for a key. */
  readonly oneAtATime: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}

/** Items a page holds; GitLab's most. */
const PAGE = 100;

/** Reads a list page by page: to the end, the cap, or until `enough` says so of what was read. */
export async function readPages(spec: {
  readonly what: string;
  readonly pages: number;
  read(at: { readonly page: number; readonly perPage: number }): Promise<unknown>;
  enough?(page: readonly Fields[]): boolean;
}): Promise<readonly Fields[]> {
  const all: Fields[] = [];
  for (let page = 1; page <= spec.pages; page += 1) {
    const items = readList(await spec.read({ page, perPage: PAGE }), spec.what);
    all.push(...items);
    if (items.length < PAGE || (spec.enough?.(items) ?? false)) break;
  }
  return all;
}

/** What a call gives, or null when the thing is not there. */
export async function orNull<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isKind(error, 'not-found')) return null;
    throw error;
  }
}

/** Whether a call failed in one of these ways. */
export function isKind(error: unknown, ...kinds: readonly BorderError['kind'][]): error is BorderError {
  return error instanceof BorderError && kinds.includes(error.kind);
}
