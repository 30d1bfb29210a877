import type { Deployment } from '../../model/deployment.ts';
import { boardJob, deployJob, revertJob } from '../../model/queued.ts';
import { decideHealth, unknownPause, watchPause } from './decide-health.ts';
import { type Ground, workOf } from './gather.ts';
import { healthyJobs } from './healthy-jobs.ts';
import { readJournal } from './journal.ts';
import { later, type Move } from './record.ts';
import type { DeployTools } from './tools.ts';
import { keepTarget } from './turn.ts';

/** Looks at health and decides what that means. */
export async function watch(
  deployment: Deployment,
  ground: Ground,
  tools: DeployTools,
  signal: AbortSignal,
): Promise<Move | null> {
  await keepTarget(deployment, tools);
  const journal = readJournal(deployment);
  const work = workOf(deployment, ground, journal.accepted);
  const health = await ground.engine.status(work, journal.engine, signal);
  const decision = decideHealth({ deployment, health, now: tools.now(), pace: tools.pace });
  const { state, reason, evidence } = decision;
  const now = tools.now().toISOString();
  const change = { pods: health.pods, evidence };
  if (state === 'healthy') return healthyMove(deployment, change, tools);
  if (state === 'failed') {
    const jobs = [revertJob(deployment.id, null), boardJob(deployment.repo)];
    return { state, reason, change: { ...change, endedAt: now }, jobs };
  }
  const soakStart = state === 'soaking' && deployment.state !== 'soaking' ? { healthyAt: now } : {};
  const lost = state !== 'soaking' && deployment.state === 'soaking' ? { healthyAt: null } : {};
  const pause = state === 'unknown' ? unknownPause : watchPause;
  const again = later(pause(deployment, tools.now(), tools.pace), tools);
  return { state, reason, change: { ...change, ...soakStart, ...lost }, jobs: [deployJob(deployment.id, again)] };
}

async function healthyMove(deployment: Deployment, change: Move['change'], tools: DeployTools): Promise<Move> {
  const { repo } = deployment;
  const { store } = tools;
  const endedAt = tools.now().toISOString();
  const healthyAt = deployment.healthyAt ?? endedAt;
  const waiting = await store.deployments.find({ repo, states: ['accepted', 'waiting'] });
  const failed = await failedSince(deployment, tools);
  const recovery = failed === null ? null : Date.parse(healthyAt) - Date.parse(failed.endedAt ?? healthyAt);
  const jobs = [...waiting.map(({ id }) => deployJob(id)), ...(await healthyJobs(deployment, tools))];
  return {
    state: 'healthy',
    reason: failed === null ? '' : `recovered from ${failed.id} after ${Math.round((recovery ?? 0) / 1000)} s`,
    change: { ...change, healthyAt, endedAt },
    jobs,
    data: {
      lead_ms: Date.parse(healthyAt) - Date.parse(deployment.createdAt),
      ...(failed === null ? {} : { recovered_from: failed.id, recovery_ms: recovery }),
    },
  };
}

/** The first failure of the target since it was last healthy: what this deployment recovers from. */
async function failedSince({ id, repo, target }: Deployment, { store }: DeployTools): Promise<Deployment | null> {
  const all = (await store.deployments.find({ repo, target, limit: 50 })).filter((other) => other.id !== id);
  const lastHealthy = all.findIndex(({ state }) => state === 'healthy');
  const since = lastHealthy < 0 ? all : all.slice(0, lastHealthy);
  return since.findLast(({ state }) => state === 'failed') ?? null;
}
