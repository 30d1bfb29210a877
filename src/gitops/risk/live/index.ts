import type { Change } from '../../../model/change.ts';
import type { Finding } from '../../../model/finding.ts';
import type { JsonObject } from '../../../model/json.ts';
import { type Resource, resourceKey } from '../../../model/resource.ts';
import { mapConcurrently } from '../../../tools/each.ts';
import { findingOf, findResource } from '../finding.ts';
import { admissionRule } from './admission.ts';
import type { LiveRule, LiveSubject, LiveWorld } from './live-rule.ts';
import { networkRule } from './network.ts';
import { quotaRule } from './quota.ts';
import { takesOf } from './takes.ts';

/** Rules that ask the cluster. */
export const liveRules: readonly LiveRule[] = [quotaRule, networkRule, admissionRule];

/** The changes of a target in a cluster that is read. */
export interface LiveQuestion {
  readonly target: string;
  /** null where base is not known. */
  readonly base: readonly Resource[] | null;
  readonly changes: readonly Change[];
  /** Live objects by resource key, Secrets masked. */
  readonly live: ReadonlyMap<string, JsonObject>;
}

const inFlight = 4;

/** What was found about changes. */
export interface Reach {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
}

/** The changes with what goes with each of them, and what new quotas and policies do to what is there. Throws `BorderError` when the cluster is silent. */
export async function reachOf(question: LiveQuestion, world: LiveWorld): Promise<Reach> {
  const { target, base, changes, live } = question;
  const [before, after] = [findResource(base ?? []), findResource(world.head)];
  const found = await mapConcurrently(changes, inFlight, async (change): Promise<Reach> => {
    const there = live.get(resourceKey(change.resource)) ?? null;
    if (change.part !== 'pull') return { changes: [change], findings: [] };
    if (change.action === 'delete' || change.action === 'recreate') return taken(change, there, world);
    const head = after(change.resource);
    const subject = { change, base: before(change.resource), live: there };
    return { changes: [change], findings: head === null ? [] : await judge({ ...subject, head }, target, world) };
  });
  return { changes: found.flatMap((one) => one.changes), findings: found.flatMap((one) => one.findings) };
}

async function taken(change: Change, live: JsonObject | null, { lister }: LiveWorld): Promise<Reach> {
  const takes = await takesOf(change, live, lister);
  return { changes: [takes.length === 0 ? change : { ...change, takes }], findings: [] };
}

async function judge(subject: LiveSubject, target: string, world: LiveWorld): Promise<readonly Finding[]> {
  const { resource, action } = subject.change;
  const rules = liveRules.filter(({ kinds }) => kinds.includes(`${resource.group}/${resource.kind}`));
  if (action === 'none') return [];
  const told = await Promise.all(
    rules.map(async (rule) =>
      (await rule.judgeLive(subject, world)).map((risk) => findingOf(subject, rule, risk, target)),
    ),
  );
  return told.flat();
}
