import type { Settings } from '../../model/settings.ts';
import type { KindRules, Tenant } from '../../model/tenancy.ts';
import { quote } from './problem.ts';
import type { Weakening } from './weakening.ts';

/** Everything in which the repository's own tenants may reach more than before. What the server bounds stays as it is. */
export function tenancyWeakenings(base: Settings, head: Settings): readonly Weakening[] {
  const [before, after] = [ownTenants(base), ownTenants(head)];
  if (before.length === 0) return [];
  if (after.length === 0)
    return [{ at: ['tenancy'], message: 'is gone: every path reaches all that the clusters let Fairlead reach' }];
  return after.flatMap((tenant) => {
    const known = before.find(({ name }) => name === tenant.name);
    return known === undefined ? [added(tenant)] : widened(known, tenant);
  });
}

function ownTenants({ tenancy }: Settings): readonly Tenant[] {
  return tenancy.find(({ by }) => by === 'repository')?.tenants ?? [];
}

function added({ name, paths }: Tenant): Weakening {
  return { at: ['tenancy', name], message: `lets ${listText(paths)} reach more` };
}

function widened(before: Tenant, after: Tenant): readonly Weakening[] {
  const at = ['tenancy', after.name];
  return [
    ...gained([...at, 'paths'], before.paths, after.paths),
    ...loosened([...at, 'clusters'], before.clusters, after.clusters),
    ...gained([...at, 'namespaces'], before.namespaces, after.namespaces),
    ...kindWeakenings([...at, 'kinds'], before.kinds, after.kinds),
  ];
}

function gained(at: readonly string[], before: readonly string[], after: readonly string[]): readonly Weakening[] {
  const more = after.filter((glob) => !before.includes(glob));
  return more.length === 0 ? [] : [{ at, message: `takes in ${listText(more)}` }];
}

/** A list that bounds nothing while it is empty. */
function loosened(at: readonly string[], before: readonly string[], after: readonly string[]): readonly Weakening[] {
  if (before.length === 0) return [];
  return after.length === 0
    ? [{ at, message: `is not bounded to ${listText(before)} any more` }]
    : gained(at, before, after);
}

function kindWeakenings(at: readonly string[], before: KindRules, after: KindRules): readonly Weakening[] {
  const [allowed, allows] = [before, after].map(({ allow }) => (allow.length === 0 ? ['*'] : allow));
  const lost = before.deny.filter((glob) => !after.deny.includes(glob));
  return [
    ...gained([...at, 'allow'], allowed ?? [], allows ?? []),
    ...(lost.length === 0 ? [] : [{ at: [...at, 'deny'], message: `no longer refuses ${listText(lost)}` }]),
  ];
}

function listText(globs: readonly string[]): string {
  return globs.map(quote).join(', ');
}
