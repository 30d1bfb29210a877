import { adoptedFields } from '../../gitops/diff/adopted-fields.ts';
import { type Claim, claimText } from '../../gitops/diff/claims.ts';
import { stayingPaths } from '../../gitops/diff/stays.ts';
import { findingAt } from '../../gitops/validate/place.ts';
import type { Adopted, Change, StayingPath } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { strangerOf } from '../ownership.ts';
import type { Outcome, Subject } from './subject.ts';

/**
 * The changes of an object with whose it is: one that Git newly declares and that exists already is adopted, also when nothing of it
 * changes; what others own too stays when Git says it no more. An object of another tool is a finding. `predicted` is null where the
 * server could not say.
 */
export async function withOwnership(
  subject: Subject,
  predicted: JsonObject | null,
  changes: readonly Change[],
): Promise<Pick<Outcome, 'changes' | 'findings' | 'leftTo'>> {
  const { live, pair } = subject;
  if (live === null || pair.head === null) return { changes, findings: [], leftTo: null };
  const tenant = await tenantOf(subject, live);
  return judged(subject, { live, predicted, changes, tenant });
}

/** The other target of Fairlead that applied an object which Git newly declares here; null: none, or nobody knows. */
async function tenantOf({ pair, scene }: Subject, live: JsonObject): Promise<string | null> {
  if (scene.base === null || pair.base !== null || !scene.ownership.isOurs(live)) return null;
  return (await scene.tenants()).get(pair.key) ?? null;
}

interface Present {
  readonly live: JsonObject;
  readonly predicted: JsonObject | null;
  readonly changes: readonly Change[];
  readonly tenant: string | null;
}

function judged(
  subject: Subject,
  { live, predicted, changes, tenant }: Present,
): Pick<Outcome, 'changes' | 'findings' | 'leftTo'> {
  const { pair, scene } = subject;
  const stranger = strangerOf(live, scene.ownership);
  const owner = stranger === null ? ownTarget(tenant) : claimText(stranger);
  const isNew = isNewHere(subject, live) || tenant !== null;
  const { fields, stays } = predicted === null ? nothingSaid : saidBy(subject, { live, predicted });
  const told = isNew ? adopting(subject, changes, { owner, fields }) : taking(changes, { owner, fields });
  return {
    changes: staying(subject, told, stays),
    findings: stranger === null || pair.isSame ? [] : managedByOther(subject, stranger, isNew),
    leftTo: pair.isSame && stranger !== null && !scene.ownership.takesOthers ? owner : null,
  };
}

function isNewHere({ pair, scene }: Subject, live: JsonObject): boolean {
  return scene.base !== null && pair.base === null && !scene.ownership.isOurs(live);
}

function ownTarget(tenant: string | null): string | null {
  return tenant === null ? null : `Fairlead target ${tenant}`;
}

/** What the prediction says of fields that others own. */
interface Shared {
  readonly fields: number;
  readonly stays: readonly StayingPath[];
}

const nothingSaid: Shared = { fields: 0, stays: [] };

function saidBy(
  subject: Subject,
  { live, predicted }: { readonly live: JsonObject; readonly predicted: JsonObject },
): Shared {
  const fields = adoptedFields(live, predicted, subject.scene.manager);
  return { fields, stays: stayingOf(subject, predicted) };
}

/** Never "no change", and never a create: the object is there. */
function adopting(subject: Subject, changes: readonly Change[], adopts: Adopted): readonly Change[] {
  if (!changes.some(({ part }) => part === 'pull')) {
    return [...changes, { ...nothingOf(subject), action: 'adopt', adopts }];
  }
  return changes.map((change) => {
    if (change.part !== 'pull') return change;
    return { ...change, action: change.action === 'recreate' ? 'recreate' : 'adopt', adopts };
  });
}

/** Fields that an update takes over with the values they have. */
function taking(changes: readonly Change[], adopts: Adopted): readonly Change[] {
  if (adopts.fields === 0) return changes;
  const at = changes.findIndex(({ part, action }) => part === 'pull' && action === 'update');
  return changes.map((change, index) => (index === at ? { ...change, adopts } : change));
}

function stayingOf({ pair: { base, head, isSame }, scene, schema }: Subject, predicted: JsonObject) {
  if (base === null || head === null || isSame || scene.base === null) return [];
  const { manager, maskObject } = scene;
  return stayingPaths({ base: maskObject(base.object), head: maskObject(head.object), predicted, manager, schema });
}

/** What stays is told with what the pull changes; where it changes nothing else, by itself. */
function staying(subject: Subject, changes: readonly Change[], stays: readonly StayingPath[]): readonly Change[] {
  if (stays.length === 0) return changes;
  if (!changes.some(({ part }) => part === 'pull')) {
    return [...changes, { ...nothingOf(subject), action: 'update', stays }];
  }
  return changes.map((change) => (change.part === 'pull' ? { ...change, stays } : change));
}

function nothingOf({ pair, scene }: Subject): Omit<Change, 'action'> {
  return { target: scene.target, part: 'pull', resource: pair.id, paths: [] };
}

/** Fairlead leaves it alone; a controller writes over it, which is worth a look when it is new. */
function managedByOther({ pair, scene }: Subject, stranger: Claim, isNew: boolean): readonly Finding[] {
  const { takesOthers } = scene.ownership;
  if (pair.head === null || (takesOthers && !isNew)) return [];
  const who = `it is managed by ${claimText(stranger)} (${stranger.by})`;
  const told = takesOthers
    ? { severity: 'caution' as const, message: `${who}; two of them will write it` }
    : { severity: 'block' as const, message: `${who}, and is not written while that is so` };
  const fix = `Leave it to ${claimText(stranger)}, or take it away from there first, marks and all.`;
  return [findingAt(pair.head.resource, scene.target, { rule: 'managed-by-other', at: [], fix, ...told })];
}
