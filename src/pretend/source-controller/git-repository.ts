import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { GitReference } from './git-mirror.ts';

/** A GitRepository as the controller needs it. */
export interface GitRepository {
  readonly namespace: string;
  readonly name: string;
  readonly url: string;
  /** Null when the reference is of a kind that is not played here. */
  readonly reference: GitReference | null;
  readonly isSuspended: boolean;
  readonly generation: number;
  /** Generation that was looked at last, with whatever result; null before. */
  readonly seen: number | null;
  readonly request: string | null;
  readonly handled: string | null;
  /** Revision it serves; null when it serves none. */
  readonly revision: string | null;
  readonly conditions: readonly JsonObject[];
}

/** Reads a GitRepository object. */
export function readGitRepository(object: JsonObject): GitRepository {
  const conditions = pick(object, 'status', 'conditions');
  return {
    namespace: pickText(object, 'metadata', 'namespace') ?? '',
    name: pickText(object, 'metadata', 'name') ?? '',
    url: pickText(object, 'spec', 'url') ?? '',
    reference: readReference(pick(object, 'spec', 'ref')),
    isSuspended: pick(object, 'spec', 'suspend') === true,
    generation: Number(pick(object, 'metadata', 'generation') ?? 0),
    seen: seenGeneration(pick(object, 'status', 'conditions')),
    request: pickText(object, 'metadata', 'annotations', 'reconcile.fluxcd.io/requestedAt') ?? null,
    handled: pickText(object, 'status', 'lastHandledReconcileAt') ?? null,
    revision: pickText(object, 'status', 'artifact', 'revision') ?? null,
    conditions: isJsonList(conditions) ? conditions.filter(isJsonObject) : [],
  };
}

function seenGeneration(conditions: Json | undefined): number | null {
  const ready = isJsonList(conditions) ? conditions.find((one) => pickText(one, 'type') === 'Ready') : undefined;
  const seen = pick(ready, 'observedGeneration');
  return seen === undefined ? null : Number(seen);
}

/** The most exact reference wins; with none it is the branch `master`. */
function readReference(ref: Json | undefined): GitReference | null {
  const part = (key: string): string | null => pickText(ref, key) || null;
  const [name, tag, commit, branch] = [part('name'), part('tag'), part('commit'), part('branch') ?? 'master'];
  const ofBranch = { ref: `refs/heads/${branch}`, label: part('branch') === null && commit !== null ? '' : branch };
  if (commit !== null) return { ...ofBranch, commit };
  if (name !== null) return { ref: name, label: name, commit };
  if (part('semver') !== null) return null;
  return tag === null ? { ...ofBranch, commit } : { ref: `refs/tags/${tag}`, label: tag, commit };
}
