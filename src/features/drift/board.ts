import { checkedAtPattern, driftBoard, type WatchedTarget } from '../../gitops/report/drift-board.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { mapConcurrently } from '../../tools/each.ts';
import { awaitsFirstDeployment, targetsOf } from './baseline.ts';
import { type DriftTools, type Look, lookKey } from './tools.ts';

/** Key of the board's issue. */
export const boardKey = 'drift-board';

/** Writes the one drift board of a repository. None is opened before there is something to tell. */
export async function writeBoard(
  { repo }: JobPayloads['board'],
  tools: DriftTools,
  signal: AbortSignal,
): Promise<void> {
  const { store, now } = tools;
  const drifts = await store.drift.find({ repo, open: true });
  const ever = await store.drift.find({ repo });
  if (ever.length === 0) return;
  const { inForce, targets } = await targetsOf(repo, tools, signal);
  const drifted = new Set(drifts.map(({ target }) => target));
  const watched = await mapConcurrently(targets, 8, async (target): Promise<WatchedTarget> => {
    const { id, application, environment, cluster } = target;
    const look = tools.looks.get(lookKey(repo, id));
    const isNew = look === undefined && (await awaitsFirstDeployment(repo, target, { inForce, tools }));
    const state = isNew && !drifted.has(id) ? undeployed : stateOf(drifted.has(id), look);
    return { target: id, application, environment, cluster, ...state };
  });
  const board = driftBoard(
    {
      repository: repo.fullName,
      targets: watched,
      drifts,
      pauses: await store.pauses.list(repo),
      problem: inForce.problem,
      checkedAt: now().toISOString(),
    },
    { limit: tools.forge(repo.forge).limits.comment },
  );
  const port = await tools.forge(repo.forge).repo(repo);
  await port.ensureIssue(boardKey, tools.redact(board.title), tools.redact(board.body), checkedAtPattern);
}

const undeployed = {
  state: 'unwatched',
  reason: 'Fairlead has deployed nothing there yet, so there is nothing to compare it with',
} as const;

/** Nothing is called in sync that was not compared, or not in full. */
function stateOf(hasDrifted: boolean, look: Look | undefined): Pick<WatchedTarget, 'state' | 'reason'> {
  if (hasDrifted) return { state: 'drifted', reason: null };
  if (look === undefined)
    return { state: 'unwatched', reason: 'not compared since the start of the bot or of its deployment' };
  return look.error === null ? { state: 'in-sync', reason: null } : { state: 'unreachable', reason: look.error };
}
