import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';

/**
 * What is remembered of one Application between steps. All of it may be lost: the Application itself says whether a sync of
 * ours was started; the counters only bound how often is asked again.
 */
export interface AppNotes {
  readonly name: string;
  /** Comparisons asked for; nothing is concluded before the first. */
  readonly asked: number;
  /** Comparisons in a row that ended in an error. */
  readonly errors: number;
  /** Fingerprint of the last such error, '' when there is none: what a renderer says may hold a secret. */
  readonly error: string;
  /** Since when it is this error, milliseconds since 1970. */
  readonly errorsSince: number;
  /** Comparisons after the sync that still found differences. */
  readonly unsettled: number;
  /** Whether the sync of this deployment had ended before the first look, so that nothing was left to do. */
  readonly wasDone: boolean;
}

/** The last comparison ended well, or in nothing that tells of the commit. */
export const noError = { errors: 0, error: '', errorsSince: 0 } as const;

/** Notes of an Application that was just found. */
export function newNotes(name: string): AppNotes {
  return { name, asked: 0, ...noError, unsettled: 0, wasDone: false };
}

/** The engine's journal: an entry for each Application. */
export function writeJournal(deployment: string, notes: readonly AppNotes[]): Json {
  return { deployment, applications: notes.map((one): JsonObject => ({ ...one })) };
}

/** Reads a journal. One that is null, of another deployment or of another make begins anew, which is safe at any time. */
export function readJournal(deployment: string, journal: Json): readonly AppNotes[] | null {
  const entries = pick(journal, 'applications');
  if (!isJsonList(entries) || pick(journal, 'deployment') !== deployment) return null;
  const notes = entries.flatMap((entry) => readNotes(entry) ?? []);
  return notes.length === 0 ? null : notes;
}

function readNotes(entry: Json): AppNotes | null {
  const name = pick(entry, 'name');
  if (typeof name !== 'string') return null;
  return {
    name,
    asked: count(entry, 'asked'),
    errors: count(entry, 'errors'),
    error: pickText(entry, 'error') ?? '',
    errorsSince: count(entry, 'errorsSince'),
    unsettled: count(entry, 'unsettled'),
    wasDone: pick(entry, 'wasDone') === true,
  };
}

function count(entry: Json, key: string): number {
  const found = pick(entry, key);
  return typeof found === 'number' || typeof found === 'bigint' ? Number(found) : 0;
}
