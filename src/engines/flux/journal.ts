import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { list, text } from './flux-object.ts';
import type { Ref } from './kustomization.ts';
import type { Reconciler } from './list-objects.ts';

/** An object of an inventory that Git has no more. */
export interface Stale {
  readonly resource: ResourceId;
  /** Why it stays; null when Flux deletes it. */
  readonly why: string | null;
}

/**
 * What is remembered of one Kustomization or HelmRelease between steps. All of it may be lost: the requests of a deployment are
 * told by their values; the rest bounds how often is asked again, and makes the counts exact.
 */
export interface Notes {
  readonly kind: Reconciler['kind'];
  readonly ref: Ref;
  readonly source: Ref;
  /** How often the source was asked to fetch. */
  readonly asked: number;
  /** Whether it was asked itself: others may have asked since. */
  readonly isRequested: boolean;
  /** Whether Flux had brought the commit (or a later one) to the cluster before the first look; null before that. */
  readonly wasApplied: boolean | null;
  readonly stale: readonly Stale[];
}

/** The engine's journal: an entry for each Kustomization and HelmRelease. */
export function writeJournal(deployment: string, notes: readonly Notes[]): Json {
  return { deployment, followed: notes.map(entryOf) };
}

function entryOf({ ref, source, stale, ...rest }: Notes): JsonObject {
  const left = stale.map(({ resource, why }) => ({ resource: { ...resource }, why }));
  return { ...rest, ref: { ...ref }, source: { ...source }, stale: left };
}

/** Reads a journal. One that is null, of another deployment or of another make begins anew, which is safe at any time. */
export function readJournal(deployment: string, journal: Json): readonly Notes[] | null {
  const entries = pick(journal, 'followed');
  if (!isJsonList(entries) || pick(journal, 'deployment') !== deployment) return null;
  const notes = entries.flatMap((entry) => readNotes(entry) ?? []);
  return notes.length === 0 ? null : notes;
}

function readNotes(entry: Json): Notes | null {
  const [kind, wasApplied] = [pick(entry, 'kind'), pick(entry, 'wasApplied')];
  if (kind !== 'kustomization' && kind !== 'helm-release') return null;
  return {
    kind,
    ref: readRef(entry, 'ref'),
    source: readRef(entry, 'source'),
    asked: Number(pick(entry, 'asked') ?? 0),
    isRequested: pick(entry, 'isRequested') === true,
    wasApplied: typeof wasApplied === 'boolean' ? wasApplied : null,
    stale: list(entry, 'stale').map(readStale),
  };
}

function readRef(entry: Json, key: string): Ref {
  return { namespace: text(entry, key, 'namespace'), name: text(entry, key, 'name') };
}

function readStale(stale: JsonObject): Stale {
  const part = (key: string): string => text(stale, 'resource', key);
  const namespace = pickText(stale, 'resource', 'namespace') ?? null;
  return {
    resource: { group: part('group'), version: part('version'), kind: part('kind'), namespace, name: part('name') },
    why: pickText(stale, 'why') ?? null,
  };
}
