import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';

/** An object that stays although Git has it no more, and why. */
export interface Kept {
  readonly resource: ResourceId;
  readonly why: string;
}

/**
 * What carrying out a commit has come to: written down between steps, so that a restart goes on where it stopped. Holds keys,
 * uids and numbers; never what an object says.
 */
export interface Journal {
  /** The commit it is about: the notes of another commit are worth nothing. */
  readonly commit: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** `apply`: the stage is to be applied. `kinds`: its definitions are to be served. `prune`: its leftovers are to go. */
  readonly phase: 'apply' | 'kinds' | 'prune' | 'done';
  readonly stage: number;
  /** Since when it waits for something in this stage, milliseconds since 1970; null when it does not. */
  readonly since: number | null;
  readonly applied: number;
  readonly unchanged: number;
  readonly pruned: number;
  /** Resource key -> uid of what was applied. */
  readonly uids: Readonly<Record<string, string>>;
  readonly kept: readonly Kept[];
}

/** The journal before the first stage. */
export function openJournal(commit: string, now: Date): Journal {
  const counts = { applied: 0, unchanged: 0, pruned: 0 };
  return { commit, startedAt: now.getTime(), phase: 'apply', stage: 0, since: null, ...counts, uids: {}, kept: [] };
}

/** The journal as it is kept. */
export function writeJournal(journal: Journal): JsonObject {
  const kept = journal.kept.map(({ resource, why }) => ({ resource: { ...resource }, why }));
  return { ...journal, kept };
}

/** Reads a journal of this commit; null when there is none or it cannot be read: then everything is looked at anew. */
export function readJournal(json: Json, commit: string): Journal | null {
  const { phase, stage, startedAt, since } = isJsonObject(json) ? json : {};
  if (pickText(json, 'commit') !== commit || !isPhase(phase)) return null;
  if (typeof stage !== 'number' || typeof startedAt !== 'number') return null;
  return {
    commit,
    startedAt,
    phase,
    stage,
    since: typeof since === 'number' ? since : null,
    applied: countOf(json, 'applied'),
    unchanged: countOf(json, 'unchanged'),
    pruned: countOf(json, 'pruned'),
    uids: uidsOf(json),
    kept: keptOf(json),
  };
}

function isPhase(value: Json | undefined): value is Journal['phase'] {
  return value === 'apply' || value === 'kinds' || value === 'prune' || value === 'done';
}

function countOf(json: Json, name: string): number {
  const value = pick(json, name);
  return typeof value === 'number' ? value : 0;
}

function uidsOf(json: Json): Readonly<Record<string, string>> {
  const uids = pick(json, 'uids');
  const entries = Object.entries(isJsonObject(uids) ? uids : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function keptOf(json: Json): readonly Kept[] {
  const kept = pick(json, 'kept');
  return (isJsonList(kept) ? kept : []).flatMap((one) => {
    const resource = readResourceId(pick(one, 'resource'));
    const why = pickText(one, 'why');
    return resource === null || why === undefined ? [] : [{ resource, why }];
  });
}

/** The id of an object as it is kept in JSON; null when a part is missing. */
export function readResourceId(json: Json | undefined): ResourceId | null {
  const [group, version, kind] = [pickText(json, 'group'), pickText(json, 'version'), pickText(json, 'kind')];
  const name = pickText(json, 'name');
  if (group === undefined || version === undefined || kind === undefined || name === undefined) return null;
  return { group, version, kind, namespace: pickText(json, 'namespace') ?? null, name };
}
