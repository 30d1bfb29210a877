import type { PullTools } from '../features/review/pull-tools.ts';
import type { AuditEntry } from '../model/audit.ts';
import type { Deployment } from '../model/deployment.ts';
import { pick } from '../model/json.ts';
import type { RepoRef } from '../model/repo.ts';
import type { Review } from '../model/review.ts';
import type { Meter, Metrics } from '../tools/metrics/metrics.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Store } from '../world/store/store.ts';

/** What was worked out of a pull, as figures. */
export function countReview(meter: Meter, forge: string, { verdict, findings }: Review, milliseconds: number): void {
  meter.count('fairlead_reviews_total', { forge, verdict });
  meter.observe('fairlead_review_duration_seconds', { forge }, milliseconds / 1000);
  for (const { rule, severity } of findings) meter.count('fairlead_findings_total', { rule, severity });
}

/** What figures of deployments are read from. */
export interface DeploymentFigures {
  readonly meter: Meter;
  readonly store: Pick<Store, 'deployments'>;
  readonly mirror: PullTools['mirror'];
}

/** Milliseconds that reading the age of a commit may take. */
const historyDeadline = 10_000;

const counted = /^deploy-(healthy|failed|superseded|unknown)$/;

/** What was written into the audit, as figures. Never throws: what cannot be read is not counted. */
export async function countEntry(entry: AuditEntry, { meter, store, mirror }: DeploymentFigures): Promise<void> {
  const result = counted.exec(entry.action)?.[1];
  const isRevert = entry.action === 'revert-opened';
  const deployment = result !== undefined || isRevert ? await readDeployment(entry.subject, store) : null;
  if (deployment === null) return;
  const { environment, cluster } = deployment;
  const target = { environment, cluster };
  if (result === undefined) return meter.count('fairlead_reverts_total', target);
  meter.count('fairlead_deployments_total', { ...target, result });
  if (result === 'healthy' || result === 'failed') countTime(deployment, target, meter);
  const recovery = pick(entry.data, 'recovery_ms');
  if (typeof recovery === 'number') meter.observe('fairlead_recovery_seconds', target, recovery / 1000);
  const { healthyAt, repo, commit } = deployment;
  if (result !== 'healthy' || healthyAt === null) return;
  const written = await writtenAt(repo, commit, mirror);
  if (written !== null) meter.observe('fairlead_change_lead_time_seconds', target, between(written, healthyAt));
}

function readDeployment(id: string, { deployments }: Pick<Store, 'deployments'>): Promise<Deployment | null> {
  return deployments.get(id).catch(() => null);
}

function countTime(
  { steps, endedAt }: Deployment,
  target: { readonly environment: string; readonly cluster: string },
  meter: Meter,
): void {
  const began = steps.find(({ state }) => state === 'applying')?.at;
  if (began === undefined || endedAt === null) return;
  meter.observe('fairlead_deployment_duration_seconds', target, between(began, endedAt));
}

function between(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}

/** When the first commit of what a merge brought was written; of a squashed one the commit itself. */
async function writtenAt(repo: RepoRef, commit: string, mirror: PullTools['mirror']): Promise<string | null> {
  const signal = AbortSignal.timeout(historyDeadline);
  try {
    const repository = await mirror(repo);
    const [merged] = await repository.firstParents(null, commit, signal);
    const parent = merged?.parents[0];
    const brought = parent === undefined ? [] : await repository.commitsBetween(parent, commit, signal);
    return (
      [...brought, ...(merged === undefined ? [] : [merged])].map(({ authoredAt }) => authoredAt).sort()[0] ?? null
    );
  } catch {
    return null; // a mirror that is being made anew: the figure is left out
  }
}

/** Reads what the queue and the store hold, each time somebody scrapes. */
export function readFigures(metrics: Metrics, { queue, store }: Readings): void {
  metrics.beforeScrape(async () => {
    const stats = await queue.stats();
    metrics.clear('fairlead_queue_depth');
    metrics.clear('fairlead_queue_oldest_due_seconds');
    for (const { kind, waiting, running, dead, oldestDueMs } of stats) {
      for (const [state, jobs] of Object.entries({ waiting, running, dead }))
        metrics.set('fairlead_queue_depth', { kind, state }, jobs);
      metrics.set('fairlead_queue_oldest_due_seconds', { kind }, (oldestDueMs ?? 0) / 1000);
    }
  });
  metrics.beforeScrape(async () => {
    const rows = await store.drift.find({ open: true });
    metrics.clear('fairlead_drifted_resources');
    const objects = new Map(rows.map((row) => [`${row.target} ${JSON.stringify(row.resource)}`, row]));
    for (const { environment, cluster, application } of objects.values())
      metrics.raise('fairlead_drifted_resources', { environment, cluster, application }, 1);
  });
}

interface Readings {
  readonly queue: Pick<Queue, 'stats'>;
  readonly store: Pick<Store, 'drift'>;
}
