import type { Schemas } from '../../formats/openapi/schemas.ts';
import { compareDesired, randomPaths } from '../../gitops/diff/compare-git.ts';
import { type BaseSight, compareLive, type Sight } from '../../gitops/diff/compare-live.ts';
import { type CompareOptions, comparePaths, noSchema } from '../../gitops/diff/compare-paths.ts';
import { hideTags } from '../../gitops/diff/hide.ts';
import type { OfflineMerger } from '../../gitops/diff/merge-offline.ts';
import { normalise } from '../../gitops/diff/normalise.ts';
import { omitPaths } from '../../gitops/diff/values.ts';
import type { Change } from '../../model/change.ts';
import type { BorderError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import type { Ownership } from '../ownership.ts';
import type { Pair, Wanted } from './pair-resources.ts';

/** What is the same for all objects of a target. */
export interface Scene {
  readonly target: string;
  readonly cluster: Cluster;
  readonly manager: string;
  readonly schemas: Schemas;
  maskObject(object: JsonObject): JsonObject;
  /** What base wants of the whole target; null where it could not be rendered. */
  readonly base: readonly Resource[] | null;
  /** What head wants of the whole target. */
  readonly head: readonly Resource[];
  readonly ownership: Ownership;
  /** Resource keys of what other targets of Fairlead applied here, and which target it is; asked only when it matters. */
  readonly tenants: () => Promise<ReadonlyMap<string, string>>;
  /** Predicts what the cluster cannot be asked about; null: such objects are compared in Git only. */
  readonly merger: OfflineMerger | null;
}

/** What one object of a target gives. */
export interface Outcome {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** Why it could not be predicted, or null. */
  readonly error: BorderError | null;
  /** Set where the cluster could not be asked about the object, and one note for all such objects says so. */
  readonly unasked: Unasked | null;
  /** Who manages an object that the pull leaves alone and the engine will not write; null: nobody else, or it is told by itself. */
  readonly leftTo: string | null;
}

/** Why the cluster was not asked. */
export interface Unasked {
  /** A clause, to be read after "because". */
  readonly why: string;
  readonly severity: 'caution' | 'note';
}

/** One object with all that is known of it. */
export interface Subject {
  readonly pair: Pair;
  readonly live: JsonObject | null;
  readonly scene: Scene;
  readonly schema: CompareOptions;
  readonly random: readonly Path[];
}

/** What is known of an object before the cluster is asked. Throws what the schemas throw. */
export async function subjectOf(
  pair: Pair,
  { live, scene }: { readonly live: JsonObject | null; readonly scene: Scene },
  signal: AbortSignal,
): Promise<Subject> {
  const schema = (await scene.schemas.find(pair.id, signal)) ?? noSchema;
  const sides = [pair.base, pair.head].filter((side) => side !== null);
  const random = sides.flatMap((side) => randomPaths(side.resource, schema));
  return { pair, live, scene, schema, random };
}

/** An outcome of changes and nothing else. */
export function outcome(changes: readonly Change[]): Outcome {
  return { changes, findings: [], error: null, unasked: null, leftTo: null };
}

/** What is compared, with what base and head would give. */
export function sightOf(
  { pair, live, scene, schema, random }: Subject,
  base: BaseSight,
  head: JsonObject | null,
): Sight {
  const { target, manager } = scene;
  return { target, resource: pair.id, live, base, head, random, schema, manager };
}

/**
 * What can be said without a prediction: what does not exist is created; else what Git changes; and where base is not known, what
 * head says and the live object does not.
 */
export function compareUnpredicted(subject: Subject, head: Wanted): readonly Change[] {
  const { pair, live, scene } = subject;
  if (live === null) return compareLive(sightOf(subject, unpredictedBase(subject), head.object));
  if (pair.base !== null && scene.base !== null) return compareInGit(subject, pair.base, head);
  return compareSaid(subject, { live, head: scene.maskObject(head.object) });
}

/** What Git changes of an object, whatever the cluster has. */
export function compareInGit({ scene, schema }: Subject, base: Wanted, head: Wanted): readonly Change[] {
  const options = { schemaOf: () => schema, maskObject: scene.maskObject };
  const change = compareDesired(scene.target, { base: base.resource, head: head.resource }, options);
  return change === null ? [] : [change];
}

/** What base has to say where nothing can be predicted. */
export function unpredictedBase({ pair, scene }: Subject): BaseSight {
  if (scene.base === null) return { kind: 'unknown' };
  if (pair.base === null) return { kind: 'absent' };
  return pair.isSame ? { kind: 'same' } : { kind: 'differs', predicted: null };
}

/** What head says and the live object does not; both masked. */
export function compareSaid(
  subject: Subject,
  { live, head }: { readonly live: JsonObject; readonly head: JsonObject },
): readonly Change[] {
  const plain = (object: JsonObject): JsonObject => omitPaths(normalise(object), subject.random);
  const said = comparePaths(plain(live), plain(head), subject.schema).filter(({ after }) => after !== null);
  if (said.length === 0) return [];
  const paths = said.map((difference) => ({ ...hideTags(difference), cause: 'git' as const }));
  return [{ target: subject.scene.target, part: 'pull', resource: subject.pair.id, action: 'update', paths }];
}
