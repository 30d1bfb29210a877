import { isSops } from '../../formats/flux/sops.ts';
import type { Schemas } from '../../formats/openapi/schemas.ts';
import { compareDesired, randomPaths } from '../../gitops/diff/compare-git.ts';
import { type BaseSight, compareLive, type Sight } from '../../gitops/diff/compare-live.ts';
import { type CompareOptions, comparePaths, noSchema } from '../../gitops/diff/compare-paths.ts';
import { hideTags } from '../../gitops/diff/hide.ts';
import { normalise } from '../../gitops/diff/normalise.ts';
import { omitPaths } from '../../gitops/diff/values.ts';
import { findingAt } from '../../gitops/validate/place.ts';
import type { Change } from '../../model/change.ts';
import type { BorderError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { holdsDesired } from './holds-desired.ts';
import { definesKind, definesNamespace, type Pair, type Wanted } from './pair-resources.ts';

/** What is the same for all objects of a target. */
export interface Scene {
  readonly target: string;
  readonly cluster: Cluster;
  readonly manager: string;
  readonly schemas: Schemas;
  maskObject(object: JsonObject): JsonObject;
  /** What head wants of the whole target. */
  readonly head: readonly Resource[];
  /** Whether base could be rendered. */
  readonly isBaseKnown: boolean;
}

/** What one object of a target gives. */
export interface Outcome {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
  /** Why it could not be predicted, or null. */
  readonly error: BorderError | null;
  /** Set when the object could not be asked about because its namespace or kind comes with the same change. */
  readonly awaits: string | null;
}

/** Works out what happens to one object. Faults of the server are part of the outcome; everything else is thrown. */
export async function predictObject(
  pair: Pair,
  live: JsonObject | null,
  scene: Scene,
  signal: AbortSignal,
): Promise<Outcome> {
  const { head } = pair;
  const schema = (await scene.schemas.find(pair.id, signal)) ?? noSchema;
  const subject: Subject = { pair, live, scene, schema, random: randomOf(pair, schema) };
  if (head === null) return outcome(compareLive(sightOf(subject, { kind: 'same' }, null)));
  // Only who has the key can say what would become of it.
  if (isSops(head.resource.object)) return outcome(compareSealed(subject, head));
  if (pair.isSame && live !== null && holdsDesired(live, scene.maskObject(head.object), scene.manager))
    return outcome([]);
  const predicted = await dryRun(head, scene, signal);
  switch (predicted.kind) {
    case 'predicted':
      return compared(subject, predicted, signal);
    case 'refused':
      return { ...outcome(compareOffline(subject, head)), findings: predicted.findings };
    case 'homeless':
      return homeless(subject, head, predicted);
    case 'failed':
      return { ...outcome(compareOffline(subject, head)), error: predicted.error };
    default:
      return predicted satisfies never;
  }
}

interface Subject {
  readonly pair: Pair;
  readonly live: JsonObject | null;
  readonly scene: Scene;
  readonly schema: CompareOptions;
  readonly random: readonly Path[];
}

function randomOf({ base, head }: Pair, schema: CompareOptions): readonly Path[] {
  return [base, head].flatMap((side) => (side === null ? [] : randomPaths(side.resource, schema)));
}

function outcome(changes: readonly Change[]): Outcome {
  return { changes, findings: [], error: null, awaits: null };
}

function sightOf({ pair, live, scene, schema, random }: Subject, base: BaseSight, head: JsonObject | null): Sight {
  const { target, manager } = scene;
  return { target, resource: pair.id, live, base, head, random, schema, manager };
}

async function compared(
  subject: Subject,
  predicted: Extract<DryRun, { kind: 'predicted' }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const base = await predictBase(subject, signal);
  const changes = compareLive(sightOf(subject, base.sight, predicted.object));
  return { ...outcome(changes), findings: predicted.findings, error: base.error };
}

interface PredictedBase {
  readonly sight: BaseSight;
  readonly error: BorderError | null;
}

/** Base is asked about only where it says something else than head. What is wrong with it is not this pull's doing. */
async function predictBase({ pair, live, scene }: Subject, signal: AbortSignal): Promise<PredictedBase> {
  const { base, head } = pair;
  if (!scene.isBaseKnown) return { sight: { kind: 'unknown' }, error: null };
  if (base === null) return { sight: { kind: 'absent' }, error: null };
  if (pair.isSame) return { sight: { kind: 'same' }, error: null };
  if (isSops(base.resource.object)) return { sight: { kind: 'unknown' }, error: null };
  if (live === null) return { sight: { kind: 'differs', predicted: null }, error: null };
  // Two versions of one kind have two shapes: the answers cannot be compared with each other.
  if (base.resource.id.version !== head?.resource.id.version) return { sight: { kind: 'unknown' }, error: null };
  // What base would give is in front of us: only head's dry-run, which is never spared, can bring anything new.
  const isApplied = holdsDesired(live, scene.maskObject(base.object), scene.manager);
  if (isApplied) return { sight: { kind: 'differs', predicted: live }, error: null };
  const answer = await dryRun(base, scene, signal);
  if (answer.kind === 'predicted') return { sight: { kind: 'differs', predicted: answer.object }, error: null };
  return { sight: { kind: 'unknown' }, error: answer.kind === 'failed' ? answer.error : null };
}

/** The object's namespace or kind is not there: it comes with the same change, or it is missing. */
function homeless(subject: Subject, head: Wanted, answer: Extract<DryRun, { kind: 'homeless' }>): Outcome {
  const { id } = subject.pair;
  const changes = compareOffline(subject, head);
  if (answer.missing === 'kind') {
    if (definesKind(subject.scene.head, id))
      return { ...outcome(changes), awaits: `kind ${apiVersionOf(id)} ${id.kind}` };
    const fix = 'Install its CustomResourceDefinition first, or use a version that the cluster serves.';
    return { ...outcome(changes), findings: [missing(subject, head, { rule: 'kind-not-served', answer, fix })] };
  }
  const namespace = id.namespace ?? '';
  if (definesNamespace(subject.scene.head, namespace)) return { ...outcome(changes), awaits: `namespace ${namespace}` };
  const fix = `Create namespace ${namespace} first, or add it to this change.`;
  return { ...outcome(changes), findings: [missing(subject, head, { rule: 'namespace-missing', answer, fix })] };
}

function missing(
  { scene }: Subject,
  head: Wanted,
  told: { readonly rule: string; readonly answer: { readonly message: string }; readonly fix: string },
): Finding {
  const { rule, answer, fix } = told;
  return findingAt(head.resource, scene.target, { rule, severity: 'block', at: [], message: answer.message, fix });
}

/**
 * What can be said without the server's prediction: what does not exist is created; else what Git changes; and where base
 * is not known, what head says and the live object does not.
 */
function compareOffline(subject: Subject, head: Wanted): readonly Change[] {
  const { pair, live, scene, schema } = subject;
  if (live === null) return compareLive(sightOf(subject, offlineBase(subject), head.object));
  if (pair.base !== null && scene.isBaseKnown) {
    const options = { schemaOf: () => schema, maskObject: scene.maskObject };
    const change = compareDesired(scene.target, { base: pair.base.resource, head: head.resource }, options);
    return change === null ? [] : [change];
  }
  return compareSaid(subject, { live, head: scene.maskObject(head.object) });
}

/** What SOPS encrypted is sent to no cluster, and compared in Git by its keys. */
function compareSealed(subject: Subject, head: Wanted): readonly Change[] {
  const { pair, live, scene, schema } = subject;
  if (live === null) return compareLive(sightOf(subject, offlineBase(subject), head.object));
  if (pair.base === null) return [];
  const options = { schemaOf: () => schema, maskObject: scene.maskObject };
  const change = compareDesired(scene.target, { base: pair.base.resource, head: head.resource }, options);
  return change === null ? [] : [change];
}

function offlineBase({ pair, scene }: Subject): BaseSight {
  if (!scene.isBaseKnown) return { kind: 'unknown' };
  if (pair.base === null) return { kind: 'absent' };
  return pair.isSame ? { kind: 'same' } : { kind: 'differs', predicted: null };
}

function compareSaid(subject: Subject, { live, head }: { live: JsonObject; head: JsonObject }): readonly Change[] {
  const plain = (object: JsonObject): JsonObject => omitPaths(normalise(object), subject.random);
  const said = comparePaths(plain(live), plain(head), subject.schema).filter(({ after }) => after !== null);
  if (said.length === 0) return [];
  const paths = said.map((difference) => ({ ...hideTags(difference), cause: 'git' as const }));
  return [{ target: subject.scene.target, part: 'pull', resource: subject.pair.id, action: 'update', paths }];
}
