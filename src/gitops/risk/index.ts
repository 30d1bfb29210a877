import type { Change } from '../../model/change.ts';
import type { FieldOwner } from '../../model/drift.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import { accessRules } from './access.ts';
import { findingOf, findResource } from './finding.ts';
import { immutableRules } from './immutable.ts';
import { quietRules, targetRules } from './quiet.ts';
import { removalRules } from './removals.ts';
import type { Risk, RiskRule, Subject, TargetRule } from './rule.ts';
import { workloadRules } from './workloads.ts';

/** What the risks of one target are judged by. */
export interface RiskQuestion {
  /** Its id. */
  readonly target: string;
  /** null where base is not known. */
  readonly base: readonly Resource[] | null;
  readonly head: readonly Resource[];
  readonly changes: readonly Change[];
  /** Live objects by resource key, Secrets masked. */
  readonly live: ReadonlyMap<string, JsonObject>;
  /** Who owns a path of a live object, the latest writer first. */
  readonly ownersOf: (live: JsonObject, path: Path) => readonly FieldOwner[];
}

/** Rules about single objects. To add one: an entry in one of these lists. */
export const riskRules: readonly RiskRule[] = [
  ...[...removalRules, ...immutableRules, ...workloadRules, ...accessRules],
  ...quietRules,
];

export { targetRules };

/** What is dangerous about the changes of a target, or must not surprise. */
export function risksOf(question: RiskQuestion): readonly Finding[] {
  const { target, base, head, changes, live, ownersOf } = question;
  const [before, after] = [findResource(base ?? []), findResource(head)];
  const subjects = changes.map((change): Subject => {
    const { resource } = change;
    const found = live.get(resourceKey(resource)) ?? null;
    const ownersAt: Subject['ownersAt'] = (path) => (found === null ? [] : ownersOf(found, path));
    return { change, base: before(resource), head: after(resource), live: found, ownersAt };
  });
  const single = subjects.flatMap((subject) =>
    riskRules.flatMap((rule) => rule.judge(subject).map((risk) => findingOf(subject, rule, risk, target))),
  );
  const whole = targetRules.flatMap((rule) =>
    rule.judgeAll({ subjects, baseCount: base?.length ?? null }).map((risk) => targetFinding(rule, risk, target)),
  );
  return [...whole, ...single];
}

function targetFinding({ id, severity, fix }: TargetRule, { message }: Risk, target: string): Finding {
  return { rule: id, severity, target, resource: null, file: null, line: null, message: `${message}.`, fix };
}
