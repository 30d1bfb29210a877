import type { Change, PathChange } from '../../model/change.ts';
import type { FieldOwner } from '../../model/drift.ts';
import type { Severity } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { formatPath, type Path } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';

/** One object of a target that the pull changes. */
export interface Subject {
  readonly change: Change;
  /** What base wants; null where it wants none, or is not known. */
  readonly base: Resource | null;
  /** What head wants; null where it wants none. */
  readonly head: Resource | null;
  /** As the cluster has it, Secrets masked; null where it was not read or is not there. */
  readonly live: JsonObject | null;
  /** Who owns a path of the live object, the latest writer first. */
  readonly ownersAt: (path: Path) => readonly FieldOwner[];
}

/** A target with all that changes in it. */
export interface TargetSubject {
  readonly subjects: readonly Subject[];
  /** Objects that base wants; null where that is not known. */
  readonly baseCount: number | null;
}

/** What a rule says of a subject. */
export interface Risk {
  /** One sentence, without a dot, to be read after the object's name. Never a value of a Secret. */
  readonly message: string;
  /** Where in the object, for the line. */
  readonly at?: readonly (string | number)[];
}

/** What a rule is called, and what people are told of it. */
export interface RuleText {
  /** Also what `/fairlead allow` and `policy.rules` call it. */
  readonly id: string;
  readonly severity: Severity;
  /** When it is said, one sentence. */
  readonly when: string;
  /** Why it matters, one or two sentences. */
  readonly why: string;
  /** What to do about it, one sentence. */
  readonly fix: string;
}

/** A rule about one object. */
export interface RiskRule extends RuleText {
  readonly judge: (subject: Subject) => readonly Risk[];
}

/** A rule about a target as a whole. */
export interface TargetRule extends RuleText {
  readonly judgeAll: (target: TargetSubject) => readonly Risk[];
}

/** Whether the pull removes an object of a kind. */
export function isDeleted({ change }: Subject, group: string, ...kinds: readonly string[]): boolean {
  const { action, resource, part } = change;
  return part === 'pull' && action === 'delete' && resource.group === group && kinds.includes(resource.kind);
}

/** The paths that the pull changes in an object that stays. */
export function pulledPaths({ change }: Subject): readonly PathChange[] {
  return change.part === 'pull' && change.action !== 'delete' ? change.paths : [];
}

/** Whether a path is this one, written as `formatPath` does with `[]` for any item of a list. */
export function isAt({ path }: Pick<PathChange, 'path'>, wanted: string): boolean {
  return (
    formatPath(path.map((step) => (typeof step === 'string' ? step : anyItem))).replaceAll('[item=any]', '[]') ===
    wanted
  );
}

const anyItem = { item: 'any' };

/** The pod spec of a workload: where its path begins; null for other kinds. */
export function podPrefix(kind: string): string | null {
  if (kind === 'Pod') return 'spec';
  if (kind === 'CronJob') return 'spec.jobTemplate.spec.template.spec';
  return ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'].includes(kind) ? 'spec.template.spec' : null;
}

/** The object as it will be wanted: what head says, else what base said. */
export function said({ head, base }: Subject): JsonObject {
  return (head ?? base)?.object ?? {};
}

/** A number however it was read. */
export function numberOf(value: Json | undefined): number | null {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' ? value : null;
}
