import type { Finding } from '../../model/finding.ts';
import { formatKey } from '../../model/resource.ts';
import { someOf } from '../../model/some-of.ts';
import type { TargetFacts } from './target.ts';

/** Rule of objects that two applications declare. */
export const declaredTwiceRule = 'declared-twice';

/** Objects that are named for each two targets; the rest is counted. */
const mostNamed = 5;

interface Declaring {
  readonly id: string;
  readonly base: ReadonlySet<string>;
}

/**
 * Objects that two targets of one cluster declare: their controllers overwrite each other for ever, and the one that drops the object
 * deletes it for both. A caution where the pull brings it about, a note where it was so before.
 */
export function declaredTwice(targets: readonly Pick<TargetFacts, 'target' | 'declares'>[]): readonly Finding[] {
  const known = targets.filter(({ target }) => target.cluster !== null);
  const clusters = Map.groupBy(known, ({ target }) => target.cluster);
  return [...clusters.values()].flatMap(inCluster);
}

function inCluster(targets: readonly Pick<TargetFacts, 'target' | 'declares'>[]): readonly Finding[] {
  const owners = new Map<string, Declaring[]>();
  for (const { target, declares } of targets) {
    const base = new Set(declares.base);
    for (const key of new Set(declares.head)) {
      const found = owners.get(key);
      if (found === undefined) owners.set(key, [{ id: target.id, base }]);
      else found.push({ id: target.id, base });
    }
  }
  const shared = [...owners].filter(([, all]) => all.length > 1);
  const groups = Map.groupBy(shared, ([key, all]) => `${isStanding(key, all)} ${idsOf(all).join(' ')}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [
          finding(
            first,
            group.map(([key]) => key),
          ),
        ];
  });
}

function isStanding(key: string, all: readonly Declaring[]): boolean {
  return all.filter(({ base }) => base.has(key)).length > 1;
}

function idsOf(all: readonly Declaring[]): readonly string[] {
  return all.map(({ id }) => id).sort();
}

function finding([key, all]: readonly [string, readonly Declaring[]], keys: readonly string[]): Finding {
  const standing = isStanding(key, all);
  const names = keys.map(formatKey).sort();
  const before = standing ? ' (so before this change)' : '';
  return {
    ...{ rule: declaredTwiceRule, severity: standing ? 'note' : 'caution' },
    ...{ target: idsOf(all)[0] ?? null, resource: null, file: null, line: null },
    message: `${someOf(names, mostNamed)}: declared by ${idsOf(all).join(' and ')}, so the one that is applied last wins, and the one that drops it deletes it${before}.`,
    fix: 'Let one application declare it.',
  };
}
