import type { ApplicationPair } from '../../gitops/discover/pair-applications.ts';
import { findingAt } from '../../gitops/validate/place.ts';
import type { Finding } from '../../model/finding.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import {
  accountsOf,
  insideOf,
  isWithin,
  outsideRule,
  type Reach,
  reachesCluster,
  reachOf,
  type Tenancy,
} from '../../model/tenancy.ts';
import { fenced } from '../../world/cluster/fenced.ts';
import { type Place, placeAs } from '../../world/cluster/place.ts';
import { note } from './preview-settings.ts';
import type { RenderedTarget } from './render-target.ts';

/** Objects of one target that are refused one by one; more are told together. */
const mostNamed = 20;

/**
 * A target without what lies outside the tenancy of its application: nothing of that is validated, read, predicted or planned, and its cluster is
 * asked about nothing else. Each such object is refused in the same words, whether it exists or not.
 */
export function confine(
  rendered: RenderedTarget,
  pair: ApplicationPair,
  { tenancy, proposed }: { readonly tenancy: Tenancy; readonly proposed: Tenancy | null },
): RenderedTarget {
  const [before, after] = [pair.base ?? pair.head, pair.head ?? pair.base];
  if (before === null || after === null) return rendered;
  const { cluster, id } = rendered.target;
  const told =
    proposed === null ? [] : preview(rendered, reachOf(tenancy, after, cluster), reachOf(proposed, after, cluster));
  if (tenancy.length === 0) return { ...rendered, findings: [...rendered.findings, ...told] };
  const reach = { base: reachOf(tenancy, before, cluster), head: reachOf(tenancy, after, cluster) };
  const base = split(rendered.base ?? [], reach.base);
  const head = split(rendered.head ?? [], reach.head);
  return {
    ...rendered,
    base: rendered.base === null ? null : base.inside,
    head: rendered.head === null ? null : head.inside,
    place: fencedPlace(rendered.place, reach),
    findings: [
      ...rendered.findings,
      ...told,
      ...refusals(head.outside, { target: id, reach: reach.head }),
      ...left({ base, head }, id),
    ],
  };
}

/** Whether a pull may have anything in a place: one that it may not is not even asked for its version. */
export function mayReach(pair: ApplicationPair, tenancy: Tenancy, context: string): boolean {
  return [pair.base, pair.head].some((side) => side !== null && reachesCluster(reachOf(tenancy, side, context)));
}

/** What a proposed tenancy would refuse or let pass of this target. */
function preview({ head, target }: RenderedTarget, now: Reach, proposed: Reach): readonly Finding[] {
  const [before, after] = [insideOf(now, head ?? []), insideOf(proposed, head ?? [])].map((inside) => new Set(inside));
  const refused = (head ?? []).filter((one) => before?.has(one) && !after?.has(one)).length;
  const permitted = (head ?? []).filter((one) => !before?.has(one) && after?.has(one)).length;
  const text = (count: number, what: string): readonly string[] =>
    count === 0 ? [] : [`${count} object${count === 1 ? '' : 's'} of ${target.id} would ${what}`];
  return [...text(refused, 'lie outside the tenancy'), ...text(permitted, 'lie inside the tenancy')].map((one) => ({
    ...note(one),
    target: target.id,
  }));
}

interface Sides {
  readonly base: Reach;
  readonly head: Reach;
}

interface Split {
  readonly inside: readonly Resource[];
  readonly outside: readonly Resource[];
}

function split(resources: readonly Resource[], reach: Reach): Split {
  const inside = insideOf(reach, resources);
  const within = new Set(inside);
  return { inside, outside: resources.filter((resource) => !within.has(resource)) };
}

/** Asked as the service account of the tenant, about nothing beyond the tenancy. */
function fencedPlace(given: Place, { base, head }: Sides): Place {
  const place = placeAs(given, accountsOf(head));
  const { read } = place;
  if (read === null) return place;
  const cluster = fenced(read.cluster, read.discovery, (id) => isWithin(head, id, null) || isWithin(base, id, null));
  return { ...place, read: { ...read, cluster } };
}

function refusals(
  outside: readonly Resource[],
  { target, reach }: { readonly target: string; readonly reach: Reach },
): readonly Finding[] {
  const [named, rest] = [outside.slice(0, mostNamed), outside.slice(mostNamed)];
  const [root = ''] = reach.declarers;
  const where = root === '' ? 'the root of the repository' : root;
  const refused = {
    rule: outsideRule,
    severity: 'block' as const,
    fix: `Take it out, or have the owners of the tenancy let ${where} reach it.`,
  };
  const message = `lies outside the tenancy of ${where}, so it was not looked at, and will not be deployed`;
  const all = named.map((resource) => findingAt(resource, target, { ...refused, at: [], message }));
  if (rest.length === 0) return all;
  const place = { target, resource: null, file: null, line: null };
  return [...all, { ...refused, ...place, message: `${rest.length} more objects: each ${message}` }];
}

/** What base has outside and head has no more: it goes out of Git, and stays in the cluster. */
function left({ base, head }: { readonly base: Split; readonly head: Split }, target: string): readonly Finding[] {
  const kept = new Set([...head.inside, ...head.outside].map(({ id }) => resourceKey(id)));
  return base.outside
    .filter(({ id }) => !kept.has(resourceKey(id)))
    .map((resource) => ({
      ...findingAt(resource, target, {
        rule: outsideRule,
        severity: 'caution',
        at: [],
        message: 'goes out of Git, and lies outside the tenancy: Fairlead does not delete it, if it is there',
        fix: null,
      }),
      file: null,
      line: null,
    }));
}
