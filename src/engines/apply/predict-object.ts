import { isSops } from '../../formats/flux/sops.ts';
import { type BaseSight, compareLive } from '../../gitops/diff/compare-live.ts';
import { findingAt } from '../../gitops/validate/place.ts';
import type { Change } from '../../model/change.ts';
import type { BorderError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { apiVersionOf } from '../../model/resource.ts';
import { withOwnership } from './adoption.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { holdsDesired } from './holds-desired.ts';
import { judgeImmutable } from './judge-immutable.ts';
import { changesDefinition, definesKind, definesNamespace, type Pair, type Wanted } from './pair-resources.ts';
import { runOffline } from './run-offline.ts';
import {
  compareInGit,
  compareUnpredicted,
  type Outcome,
  outcome,
  type Scene,
  type Subject,
  sightOf,
  subjectOf,
  type Unasked,
  unpredictedBase,
} from './subject.ts';

/** Works out what happens to one object. Faults of the server are part of the outcome; everything else is thrown. */
export async function predictObject(
  pair: Pair,
  live: JsonObject | null,
  scene: Scene,
  signal: AbortSignal,
): Promise<Outcome> {
  const { head } = pair;
  const subject = await subjectOf(pair, { live, scene }, signal);
  if (head === null) return outcome(compareLive(sightOf(subject, { kind: 'same' }, null)));
  // Only who has the key can say what would become of it.
  if (isSops(head.resource.object)) return outcome(compareSealed(subject, head));
  if (pair.isSame && live !== null && holdsDesired(live, scene.maskObject(head.object), scene.manager))
    return outcome([]);
  const answer = await dryRun(head, scene, signal);
  if (isAheadOfKind(subject, answer)) return offline(subject, head, ahead, signal);
  switch (answer.kind) {
    case 'predicted':
      return compared(subject, answer, { ask: (wanted) => dryRun(wanted, scene, signal) });
    case 'refused':
      return refused(subject, head, answer);
    case 'homeless':
      return homeless(subject, head, answer);
    case 'unasked':
      return offline(subject, head, answer, signal);
    case 'failed':
      return { ...outcome(compareUnpredicted(subject, head)), error: answer.error };
    default:
      return answer satisfies never;
  }
}

type Answer<Kind extends DryRun['kind']> = Extract<DryRun, { kind: Kind }>;

interface Asking {
  /** Predicts what base wants, the way head was. */
  readonly ask: (wanted: Wanted) => Promise<DryRun>;
}

async function compared(subject: Subject, predicted: Answer<'predicted'>, { ask }: Asking): Promise<Outcome> {
  const base = await predictBase(subject, ask);
  const changes = compareLive(sightOf(subject, base.sight, predicted.object));
  const owned = await withOwnership(subject, predicted.object, changes);
  return { ...outcome([]), ...owned, findings: [...predicted.findings, ...owned.findings], error: base.error };
}

interface PredictedBase {
  readonly sight: BaseSight;
  readonly error: BorderError | null;
}

/** Base is asked about only where it says something else than head. What is wrong with it is not this pull's doing. */
async function predictBase({ pair, live, scene }: Subject, ask: Asking['ask']): Promise<PredictedBase> {
  const { base, head } = pair;
  if (scene.base === null) return { sight: { kind: 'unknown' }, error: null };
  if (base === null) return { sight: { kind: 'absent' }, error: null };
  if (pair.isSame) return { sight: { kind: 'same' }, error: null };
  if (isSops(base.resource.object)) return { sight: { kind: 'unknown' }, error: null };
  if (live === null) return { sight: { kind: 'differs', predicted: null }, error: null };
  // Two versions of one kind have two shapes: the answers cannot be compared with each other.
  if (base.resource.id.version !== head?.resource.id.version) return { sight: { kind: 'unknown' }, error: null };
  // What base would give is in front of us: only head's dry-run, which is never spared, can bring anything new.
  const isApplied = holdsDesired(live, scene.maskObject(base.object), scene.manager);
  if (isApplied) return { sight: { kind: 'differs', predicted: live }, error: null };
  const answer = await ask(base);
  if (answer.kind === 'predicted') return { sight: { kind: 'differs', predicted: answer.object }, error: null };
  return { sight: { kind: 'unknown' }, error: answer.kind === 'failed' ? answer.error : null };
}

/** The server will not take the object as it is. */
async function refused(subject: Subject, head: Wanted, answer: Answer<'refused'>): Promise<Outcome> {
  const judged = judgeImmutable(subject, head, answer.immutable);
  const changes = judged === null ? compareUnpredicted(subject, head) : judged.changes;
  const owned = await withOwnership(subject, null, changes);
  const findings = [...answer.findings, ...(judged?.findings ?? []), ...owned.findings];
  return { ...outcome([]), ...owned, findings };
}

const newSchema: Unasked = { why: 'the definition of its kind changes with the same change', severity: 'note' };
const ahead = { unasked: newSchema, findings: [], error: null };

/** Whether the server may only complain because it does not know yet what the kind's definition will say after the merge. */
function isAheadOfKind({ pair, scene }: Subject, answer: DryRun): boolean {
  if (answer.kind !== 'predicted' && answer.kind !== 'refused') return false;
  const complains = answer.findings.some(({ rule }) => rule === 'server-strict' || rule === 'server-invalid');
  return complains && changesDefinition(scene, pair.id);
}

/** The cluster cannot be asked: the merge and the schemas tell, and the changes say that they come from there. */
async function offline(
  subject: Subject,
  head: Wanted,
  answer: Pick<Answer<'unasked'>, 'unasked' | 'findings' | 'error'>,
  signal: AbortSignal,
): Promise<Outcome> {
  const found = await predictedOffline(subject, head, signal);
  // Compared in Git only: that is not green, whatever the reason was.
  const unasked: Unasked = found.error === null ? answer.unasked : { ...answer.unasked, severity: 'caution' };
  const concerns = found.changes.length > 0 || !subject.pair.isSame;
  const isSaid = answer.findings.some(({ rule }) => rule === 'predicted-without-admission');
  return {
    changes: labelled(found.changes, unasked.why),
    findings: [...(concerns ? answer.findings : []), ...found.findings],
    error: found.error === null ? null : answer.error,
    unasked: concerns && !isSaid ? unasked : null,
    leftTo: found.leftTo,
  };
}

async function predictedOffline(subject: Subject, head: Wanted, signal: AbortSignal): Promise<Outcome> {
  const { live } = subject;
  if (live === null) return outcome(compareLive(sightOf(subject, unpredictedBase(subject), head.object)));
  const run = (wanted: Wanted): Promise<DryRun> => runOffline(subject, { wanted, live }, signal);
  const answer = await run(head);
  if (answer.kind === 'predicted') return compared(subject, answer, { ask: run });
  if (answer.kind === 'refused') return refused(subject, head, answer);
  const error = answer.kind === 'failed' ? answer.error : null;
  return { ...outcome(compareUnpredicted(subject, head)), error };
}

function labelled(changes: readonly Change[], why: string): readonly Change[] {
  return changes.map((change) => ({ ...change, offline: why }));
}

/** The object's namespace or kind is not there: it comes with the same change, or it is missing. */
function homeless(subject: Subject, head: Wanted, answer: Answer<'homeless'>): Outcome {
  const { id } = subject.pair;
  const changes = compareUnpredicted(subject, head);
  const awaits = (what: string): Outcome => {
    const why = `${what} is only created by the same change`;
    return { ...outcome(labelled(changes, why)), unasked: { why, severity: 'note' } };
  };
  if (answer.missing === 'kind') {
    if (definesKind(subject.scene.head, id)) return awaits(`kind ${apiVersionOf(id)} ${id.kind}`);
    const fix = 'Install its CustomResourceDefinition first, or use a version that the cluster serves.';
    return { ...outcome(changes), findings: [missing(subject, head, { rule: 'kind-not-served', answer, fix })] };
  }
  const namespace = id.namespace ?? '';
  if (definesNamespace(subject.scene.head, namespace)) return awaits(`namespace ${namespace}`);
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

/** What SOPS encrypted is sent to no cluster, and compared in Git by its keys. */
function compareSealed(subject: Subject, head: Wanted): readonly Change[] {
  if (subject.live === null) return compareLive(sightOf(subject, unpredictedBase(subject), head.object));
  return subject.pair.base === null ? [] : compareInGit(subject, subject.pair.base, head);
}
