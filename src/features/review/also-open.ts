import type { Finding } from '../../model/finding.ts';
import type { PlanTarget } from '../../model/plan.ts';
import type { RepoRef } from '../../model/repo.ts';
import { formatKey, resourceKey } from '../../model/resource.ts';
import { someOf } from '../../model/some-of.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import type { Plans, Touching } from '../../world/store/store.ts';

/** Rule of findings that name another open pull. */
export const alsoOpenRule = 'also-in-pull';

/** Pulls that are named, and that the forge is asked about; the rest is counted. */
const mostPulls = 3;
/** Objects that are named; the rest is counted. */
const mostNamed = 5;

/** Where other pulls are looked for. */
export interface AlsoOpen {
  readonly repo: RepoRef;
  readonly pull: number;
  readonly port: Pick<RepoPort, 'pull'>;
  readonly plans: Pick<Plans, 'touching' | 'leave'>;
}

/** Names open pulls that change the same targets: the one that is merged last is carried out on top of the other. */
export async function alsoOpen(
  targets: readonly PlanTarget[],
  { repo, pull, port, plans }: AlsoOpen,
): Promise<readonly Finding[]> {
  const changing = new Map(
    targets.flatMap(({ id, changes }) =>
      changes.length === 0 ? [] : [[id, new Set(changes.map(({ resource }) => resourceKey(resource)))] as const],
    ),
  );
  if (changing.size === 0) return [];
  const rows = await plans.touching(repo, [...changing.keys()], pull);
  const others = [...Map.groupBy(rows, (row) => row.pull)]
    .map(([other, of]) => ({ other, rows: of, shared: sharedOf(of, changing) }))
    // Those that change the same objects first; of equals the newest.
    .toSorted((one, two) => Number(two.shared.length > 0) - Number(one.shared.length > 0));
  const findings: Finding[] = [];
  for (const one of others.slice(0, mostPulls)) {
    const { state, head } = await port.pull(one.other);
    if (state !== 'open') await plans.leave(repo, one.other);
    else findings.push(finding(`Pull ${one.other} is open too and changes ${whatOf(one, head.sha)}.`));
  }
  const rest = others.length - mostPulls;
  return rest > 0 ? [...findings, finding(restOf(rest))] : findings;
}

interface Other {
  readonly rows: readonly Touching[];
  /** Objects that both change, by target. */
  readonly shared: readonly string[];
}

function sharedOf(rows: readonly Touching[], changing: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  return rows.flatMap(({ target, changed }) => {
    const keys = changed.filter((key) => changing.get(target)?.has(key) === true);
    return keys.length === 0 ? [] : [`${target}: ${someOf(keys.map(formatKey), mostNamed)}`];
  });
}

function whatOf({ rows, shared }: Other, head: string): string {
  const where = rows.map(({ target }) => target).sort();
  const what =
    shared.length > 0
      ? `the same objects (${someOf(shared, mostNamed, '; ')})`
      : `other objects of ${someOf(where, mostNamed, '; ')}`;
  return rows.some((row) => row.head !== head) ? `${what}, as its last review saw it` : what;
}

function restOf(rest: number): string {
  return `${rest} more ${rest === 1 ? 'pull' : 'pulls'} changed these targets when they were reviewed; they may be closed by now.`;
}

function finding(message: string): Finding {
  return {
    ...{ rule: alsoOpenRule, severity: 'note', target: null, resource: null, file: null, line: null, message },
    fix: 'Merge one, and read what the other says then.',
  };
}
