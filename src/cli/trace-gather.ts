import { duration } from '../gitops/report/deployment-words.ts';
import type { AuditRow } from '../model/audit.ts';
import type { Change } from '../model/change.ts';
import type { Deployment } from '../model/deployment.ts';
import type { Drift } from '../model/drift.ts';
import { pickText } from '../model/json.ts';
import { formatPath } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import type { RepoRef } from '../model/repo.ts';
import { auditPages } from '../world/store/audit-pages.ts';
import type { Store } from '../world/store/store.ts';
import { isKeyOf, isNamed, type ObjectName } from './object-name.ts';

/** One thing that happened to an object. */
export interface TraceEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly kind: 'deployment' | 'plan' | 'drift' | 'audit';
  /** Login, program, or '' where nobody is known. */
  readonly who: string;
  readonly pull: number | null;
  readonly commit: string | null;
  readonly target: string;
  /** What happened, in a few words. */
  readonly what: string;
}

/** What is known of an object. */
export interface Traced {
  readonly repo: RepoRef;
  readonly object: ObjectName;
  /** Newest first. */
  readonly entries: readonly TraceEntry[];
}

/** Most deployments looked through, and most pulls whose plans are read: the newest. */
const [mostDeployments, mostPulls] = [1_000, 200];

type Kept = Pick<Store, 'deployments' | 'plans' | 'drift' | 'inventories' | 'audit'>;

/** Reads what the store knows of an object: deployments of its targets, plans and drift of itself, and their audit. */
export async function gatherTrace(store: Kept, repo: RepoRef, object: ObjectName): Promise<Traced> {
  const all = await store.deployments.find({ repo, limit: mostDeployments });
  const pulls = [...new Set(all.flatMap((deployment) => deployment.pulls))].slice(0, mostPulls);
  const found = await Promise.all(pulls.map((pull) => store.plans.of(repo, pull, null)));
  const plans = found.filter((plan) => plan !== null);
  const drift = (await store.drift.find({ repo })).filter(({ resource }) => isNamed(resource, object));
  const targets = await targetsOf({ all, plans, drift }, { store, repo, object });
  const deployments = all.filter(({ target }) => targets.has(target));
  const audit = await auditOf(store, { deployments, drift, targets }, object);
  const entries = [
    ...deployments.map(deploymentEntry),
    ...plans.flatMap((plan) => planEntries(plan, object)),
    ...drift.flatMap(driftEntries),
    ...audit,
  ];
  return { repo, object, entries: entries.sort((one, other) => (one.at < other.at ? 1 : -1)) };
}

async function targetsOf(
  { all, plans, drift }: { all: readonly Deployment[]; plans: readonly Plan[]; drift: readonly Drift[] },
  { store, repo, object }: { store: Kept; repo: RepoRef; object: ObjectName },
): Promise<ReadonlySet<string>> {
  const planned = plans.flatMap((plan) =>
    plan.targets.filter(({ objects }) => Object.keys(objects).some((key) => isKeyOf(key, object))),
  );
  const targets = new Set([...planned.map(({ id }) => id), ...drift.map(({ target }) => target)]);
  for (const target of new Set(all.map((deployment) => deployment.target))) {
    const entries = targets.has(target) ? [] : await store.inventories.get(target, repo);
    if (entries.some(({ resource }) => isNamed(resource, object))) targets.add(target);
  }
  return targets;
}

function deploymentEntry({
  id,
  createdAt,
  actor,
  pulls,
  commit,
  target,
  state,
  trigger,
  reason,
}: Deployment): TraceEntry {
  const what = `${id} by ${trigger}: ${state}${reason === '' ? '' : `, ${reason}`}`;
  return { at: createdAt, kind: 'deployment', who: actor, pull: pulls.at(-1) ?? null, commit, target, what };
}

function planEntries({ at, pull, head, targets }: Plan, object: ObjectName): readonly TraceEntry[] {
  return targets.flatMap(({ id, changes }) =>
    changes
      .filter(({ resource }) => isNamed(resource, object))
      .map((change) => ({
        ...{ at, kind: 'plan' as const, who: '', pull, commit: head, target: id },
        what: changeText(change),
      })),
  );
}

function changeText({ action, paths }: Change): string {
  const [first, ...more] = paths.map(({ path }) => formatPath(path));
  if (first === undefined) return action;
  return `${action} ${first}${more.length === 0 ? '' : ` and ${more.length} more`}`;
}

function driftEntries({ id, target, path, git, live, owner, commit, ...row }: Drift): readonly TraceEntry[] {
  const field = path === '' ? 'the whole object' : path;
  const common = { kind: 'drift' as const, who: owner?.manager ?? '', pull: row.adoptPull, commit, target };
  const seen = {
    ...common,
    at: owner?.since ?? row.firstSeen,
    what: `${id}: ${field} is ${live ?? 'absent'}, Git has ${git ?? 'nothing'}`,
  };
  if (row.resolvedAt === null) return [seen];
  const lasted = duration(row.firstSeen, row.resolvedAt);
  return [
    seen,
    { ...common, at: row.resolvedAt, who: '', what: `${id}: ${field} ${row.resolution ?? 'gone'} after ${lasted}` },
  ];
}

async function auditOf(
  store: Kept,
  {
    deployments,
    drift,
    targets,
  }: { deployments: readonly Deployment[]; drift: readonly Drift[]; targets: ReadonlySet<string> },
  object: ObjectName,
): Promise<readonly TraceEntry[]> {
  const byId = new Map<string, Deployment | Drift>([...deployments, ...drift].map((row) => [row.id, row]));
  const isMeant = ({ subject, data }: AuditRow): boolean => {
    if (byId.has(subject)) return true;
    const [kind, name, target] = ['kind', 'name', 'target'].map((key) => pickText(data, key) ?? '');
    const isObject = kind?.toLowerCase() === object.kind.toLowerCase() && name === object.name;
    return isObject && targets.has(target ?? '');
  };
  const entries: TraceEntry[] = [];
  for await (const rows of auditPages(store)) entries.push(...rows.filter(isMeant).map((row) => auditEntry(row, byId)));
  return entries;
}

function auditEntry(
  { at, actor, action, subject, data }: AuditRow,
  byId: ReadonlyMap<string, Deployment | Drift>,
): TraceEntry {
  const row = byId.get(subject);
  const pulls = row !== undefined && 'pulls' in row ? row.pulls : [];
  const reason = pickText(data, 'reason') ?? '';
  return {
    ...{ at, kind: 'audit', who: actor, pull: pulls.at(-1) ?? null, commit: row?.commit ?? null },
    target: row?.target ?? pickText(data, 'target') ?? '',
    what: `${action} ${subject}${reason === '' ? '' : `: ${reason}`}`,
  };
}
