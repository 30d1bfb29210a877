import type { AuditEntry } from '../../model/audit.ts';
import type { Deployment, DeploymentState, DeploymentStep } from '../../model/deployment.ts';
import type { QueuedJob } from '../../model/jobs.ts';
import type { JsonObject } from '../../model/json.ts';
import { tellJob } from '../../model/queued.ts';
import type { Tx } from '../../world/store/store.ts';
import type { DeployTools } from './tools.ts';

/** A change of a deployment. */
export interface Move {
  /** null: the state stays. */
  readonly state: DeploymentState | null;
  /** Why, one sentence; the timeline keeps the last one of each state. */
  readonly reason: string;
  readonly change: Partial<Omit<Deployment, 'id' | 'state' | 'reason' | 'steps'>>;
  /** What is done next. */
  readonly jobs: readonly QueuedJob[];
  /** For the audit row of a new state. */
  readonly data?: JsonObject;
  /** Audit rows beside that one. */
  readonly rows?: readonly AuditEntry[];
}

/**
 * Writes a move, its audit row and the jobs that follow in one transaction, unless somebody else moved the deployment meanwhile
 * (then nothing, and false). People are told at once of a new state and of what is waited for; of progress within a state now and
 * then, so that a comment is not edited for each pod.
 */
export async function record(deployment: Deployment, move: Move, tools: DeployTools): Promise<boolean> {
  return tools.store.transaction((tx) => recordIn(tx, { deployment, move }, tools));
}

/** The same as part of a transaction. */
export async function recordIn(
  tx: Tx,
  { deployment, move }: { readonly deployment: Deployment; readonly move: Move },
  { store, queue, now, redact }: DeployTools,
): Promise<boolean> {
  const state = move.state ?? deployment.state;
  // Engines and servers quote what they refuse: no value of it goes into a row.
  const reason: string = redact(move.reason);
  const isNews = state !== deployment.state || reason !== deployment.reason;
  const steps = isNews
    ? withStep(deployment.steps, { state, at: now().toISOString(), note: reason })
    : deployment.steps;
  const change = { ...move.change, state, reason, steps };
  const isOurs = await store.deployments.update(tx, deployment.id, change, [deployment.state]);
  if (!isOurs) return false;
  if (state !== deployment.state)
    await store.audit.append(tx, {
      actor: 'fairlead',
      action: `deploy-${state}`,
      subject: deployment.id,
      data: { target: deployment.target, commit: deployment.commit, reason, ...move.data },
    });
  for (const row of move.rows ?? []) await store.audit.append(tx, row);
  const told = isNews ? tellings(deployment, state, now()) : [];
  for (const next of [...move.jobs, ...told]) await queue.add(tx, next.job, next);
  return true;
}

/** Progress is told in a while, unless something else is told before. */
function tellings({ repo, pulls, state: before }: Deployment, state: DeploymentState, now: Date): readonly QueuedJob[] {
  const tells = pulls.map((pull) => tellJob(repo, pull));
  if (state !== before || state === 'waiting') return tells;
  return tells.map((tell) => ({ ...tell, replace: false, runAt: new Date(now.getTime() + progressPause) }));
}

/** A state that goes on keeps its beginning and its last word. */
function withStep(steps: readonly DeploymentStep[], step: DeploymentStep): readonly DeploymentStep[] {
  const last = steps.at(-1);
  return last?.state === step.state ? [...steps.slice(0, -1), { ...step, at: last.at }] : [...steps, step];
}

/** Milliseconds between two edits that tell of progress within a state. */
const progressPause = 15_000;

/** A waiting deployment is looked at again after so long, even if nothing wakes it. */
export const longestWait = 60_000;

/** So many milliseconds from now. */
export function later(milliseconds: number, tools: DeployTools): Date {
  return new Date(tools.now().getTime() + milliseconds);
}
