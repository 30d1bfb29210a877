import type { Change } from '../../model/change.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import { formatResource } from '../../model/resource.ts';
import type { Settings } from '../../model/settings.ts';
import { someOf } from '../../model/some-of.ts';
import type { Target } from '../../model/target.ts';
import { fateOf } from './gone-declaration.ts';
import type { RenderedTarget } from './render-target.ts';
import type { ReviewTools } from './request.ts';

/** Objects named; the rest is counted. */
const maxNamed = 10;

/**
 * Whether Fairlead itself brings an environment to what Git says: then nothing is deleted where Git holds nothing of an
 * application any more, since no deployment comes of it, and the engine refuses to delete all at one go.
 */
export function keepsRemoved(
  { mode, environments }: Settings,
  environment: string | null,
  { capabilitiesOf }: Pick<ReviewTools, 'capabilitiesOf'>,
): boolean {
  const deploy = environment === null ? undefined : environments.get(environment)?.deploy;
  if (mode !== 'enforce' || deploy === undefined || deploy.on === 'never') return false;
  return !capabilitiesOf(deploy.engine).writesUnasked;
}

/** What a target changes, and what is to be said of it. */
export interface Judged {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
}

/** Whether Git held something of a target and holds nothing of it any more. */
export function isRemoved({ base, head }: Pick<RenderedTarget, 'base' | 'head'>): boolean {
  return base !== null && base.length > 0 && head?.length === 0;
}

/** What becomes of an application that Git holds nothing of any more; deletes that will not happen are no changes. */
export function judgeRemoved(
  sides: Pick<RenderedTarget, 'base' | 'head' | 'declared' | 'isGone'>,
  { target, changes, keeps }: { readonly target: Target; readonly changes: readonly Change[]; readonly keeps: boolean },
): Judged {
  const deletes = changes.filter(({ part, action }) => part === 'pull' && action === 'delete');
  if (!isRemoved(sides) || deletes.length === 0) return { changes, findings: [] };
  if (!keeps && sides.isGone && sides.declared !== null)
    return byController(sides.declared, { target, changes, deletes });
  if (!keeps) return { changes, findings: [finding(target, inOtherHands(deletes.length))] };
  return {
    changes: changes.filter((change) => !deletes.includes(change)),
    findings: [finding(target, staying(deletes))],
  };
}

/** The object that declares it says what its controller does. */
function byController(
  declared: DeclaredApplication,
  {
    target,
    changes,
    deletes,
  }: { readonly target: Target; readonly changes: readonly Change[]; readonly deletes: readonly Change[] },
): Judged {
  const { isDeleted, why } = fateOf(declared);
  const objects = deletes.length === 1 ? 'one object' : `${deletes.length} objects`;
  const gone = `What declares it goes (${declared.declaredAt.file}).`;
  if (isDeleted) {
    const words = {
      message: `${gone} With it its ${objects} ${deletes.length === 1 ? 'is' : 'are'} deleted: ${why}.`,
      fix: 'See that all of it is meant to go.',
    };
    return { changes, findings: [finding(target, words)] };
  }
  const words = {
    message: `${gone} Its ${objects} ${deletes.length === 1 ? 'stays' : 'stay'} in the cluster: ${why}.`,
    fix: 'Delete by hand what is to go, after the merge.',
  };
  return { changes: changes.filter((change) => !deletes.includes(change)), findings: [finding(target, words)] };
}

type Words = Pick<Finding, 'message' | 'fix'>;

function staying(deletes: readonly Change[]): Words {
  const names = deletes.map(({ resource }) => formatResource(resource));
  const stay = deletes.length === 1 ? 'its one object stays' : `its ${deletes.length} objects stay`;
  return {
    message: `Git holds nothing for it any more, and ${stay} in the cluster: Fairlead deletes nothing of an application that goes as a whole. Left behind: ${someOf(names, maxNamed)}.`,
    fix: 'Delete them by hand after the merge. Or take out all but one in a pull of their own before this one: that pull deletes them.',
  };
}

function inOtherHands(count: number): Words {
  const objects = count === 1 ? 'its one object is' : `its ${count} objects are`;
  return {
    message: `Git holds nothing for it any more. Whether ${objects} deleted is up to what deploys it, such as the prune settings of Argo CD or Flux; Fairlead deletes nothing.`,
    fix: 'Look at those settings before the merge, and at what is left after it.',
  };
}

function finding(target: Target, words: Words): Finding {
  const place = { target: target.id, resource: null, file: null, line: null };
  return { rule: 'application-removed', severity: 'caution', ...place, ...words };
}
