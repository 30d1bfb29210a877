import type { Change, Part, PathChange } from '../../model/change.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import type { ResourceId } from '../../model/resource.ts';
import { settleAssigned } from './assigned.ts';
import { attribute, ownedFields } from './attribute.ts';
import { type CompareOptions, comparePaths, type Difference } from './compare-paths.ts';
import { hideTags } from './hide.ts';
import { meetDifferences } from './meet.ts';
import { normalise } from './normalise.ts';
import { foreignOwners } from './owners.ts';
import { conflictsAt } from './takeovers.ts';
import { omitPaths } from './values.ts';

/**
 * What base has to say about an object: it does not hold it, it could not be worked out, it wants the same as head, or it
 * wants something else (`predicted` is what applying base would give; null when that was not asked because the object is
 * not live).
 */
export type BaseSight =
  | { readonly kind: 'absent' | 'unknown' | 'same' }
  | { readonly kind: 'differs'; readonly predicted: JsonObject | null };

/** One object as the cluster has it and as applying head or base would make it. Secrets are masked. */
export interface Sight {
  readonly target: string;
  readonly resource: ResourceId;
  /** null when it does not exist. */
  readonly live: JsonObject | null;
  readonly base: BaseSight;
  /** What applying head would give; null when head does not hold the object. */
  readonly head: JsonObject | null;
  /** Paths that come out differently on every render: left out of every comparison. */
  readonly random: readonly Path[];
  readonly schema: CompareOptions;
  /** Our field manager. */
  readonly manager: string;
}

/** What happens to one object of a live cluster, in both parts. An object that stays as it is gives nothing. */
export function compareLive(sight: Sight): readonly Change[] {
  if (sight.head === null) return sight.live === null ? [] : [whole(sight, 'pull', 'delete')];
  if (sight.live === null) return compareMissing(sight);
  return comparePresent(sight, sight.live, sight.head);
}

function compareMissing(sight: Sight): readonly Change[] {
  const { kind } = sight.base;
  const already = kind === 'same' || kind === 'differs' ? [whole(sight, 'already', 'create')] : [];
  return kind === 'same' ? already : [...already, whole(sight, 'pull', 'create')];
}

function whole(sight: Sight, part: Part, action: 'create' | 'delete'): Change {
  return { target: sight.target, part, resource: sight.resource, action, paths: [] };
}

function comparePresent(sight: Sight, liveObject: JsonObject, headObject: JsonObject): readonly Change[] {
  const live = plain(sight, liveObject);
  const head = headObject === liveObject ? live : plain(sight, headObject);
  const seen = comparePaths(live, head, sight.schema);
  if (sight.base.kind === 'same') return update(sight, 'already', seen, headObject);
  if (sight.base.kind !== 'differs' || sight.base.predicted === null) return update(sight, 'pull', seen, headObject);
  const baseObject = sight.base.predicted;
  if (baseObject === liveObject) return update(sight, 'pull', seen, headObject);
  const base = plain(sight, baseObject);
  const wanted = comparePaths(base, head, sight.schema);
  return [
    ...update(sight, 'already', comparePaths(live, base, sight.schema), baseObject),
    ...update(sight, 'pull', meetDifferences({ live, head, wanted, seen }), headObject),
  ];
}

function plain(sight: Sight, object: JsonObject): JsonObject {
  const { live, manager, random } = sight;
  const grounds = live === null || live === object ? null : { live, owned: ownedFields(object, manager) };
  return omitPaths(normalise(grounds === null ? object : settleAssigned(object, grounds)), random);
}

function update(
  sight: Sight,
  part: Part,
  differences: readonly Difference[],
  predicted: JsonObject,
): readonly Change[] {
  if (differences.length === 0) return [];
  const ownership = {
    live: ownedFields(sight.live, sight.manager),
    predicted: ownedFields(predicted, sight.manager),
    isForeign: (path: Path) => sight.live !== null && foreignOwners(sight.live, path, sight.manager).length > 0,
    isShared: (path: Path) => sight.live !== null && conflictsAt(sight.live, path, sight.manager).length > 0,
  };
  const paths = differences.map(
    (difference): PathChange => ({ ...hideTags(difference), cause: attribute(difference, ownership) }),
  );
  return [{ target: sight.target, part, resource: sight.resource, action: 'update', paths }];
}
