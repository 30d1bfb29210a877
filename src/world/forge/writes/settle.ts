import { BorderError } from '../../../model/error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';
import type { RepoRef } from '../../../model/repo.ts';
import type { RepoPort } from '../forge.ts';
import { described, toPattern, type WriteName } from './described.ts';
import { type Recorder, writePrefix } from './recorder.ts';

/** An intent that is open. */
export interface OpenWrite {
  readonly key: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly payload: Json;
}

/** What settling takes. */
export interface SettleTools {
  readonly recorder: Pick<Recorder, 'settle'>;
  /** Writes that are open now: what was begun anew since is somebody's who is at it. */
  readonly open: () => Promise<readonly OpenWrite[]>;
  /** The port of a repository, not recorded. */
  readonly port: (repo: RepoRef) => Promise<RepoPort>;
  /** Hears of one that could not be settled: it is tried again with the next round. */
  readonly onFault: (key: string, error: unknown) => void;
  /** Fires when no further one is to be begun. */
  readonly signal: AbortSignal;
}

/** Most that are settled in one round, so that a forge is not asked for hundreds at once. */
const mostARound = 50;

/**
 * Brings writes to an end that a process left open: each begun before `before`, so that none is touched which somebody is still at.
 * What only says something is said again, which finds what stands and adopts it. What does something (a branch, a pull, a merge, a
 * closing) is looked for: whether it is still wanted is for the job to decide that wanted it, and that one is tried again by the
 * queue. Gives how many were settled.
 */
export async function settleWrites(before: Date, tools: SettleTools): Promise<number> {
  const open = await tools.open();
  const ours = open.filter(({ key, at }) => key.startsWith(writePrefix) && Date.parse(at) < before.getTime());
  let settled = 0;
  for (const write of ours.slice(0, mostARound)) {
    if (tools.signal.aborted) break;
    try {
      if (await tools.recorder.settle(write.key, () => settle(write, tools))) settled += 1;
    } catch (error) {
      tools.onFault(write.key, error);
    }
  }
  return settled;
}

async function settle({ key, at, payload }: OpenWrite, tools: SettleTools): Promise<Json | null> {
  if (!(await tools.open()).some((now) => now.key === key && now.at === at)) return null;
  const call = readCall(payload);
  // Written by another version: nothing can be made of it any more.
  if (call === null) return { did: 'unreadable' };
  try {
    const port = await tools.port(call.repo);
    const look = looks[call.method];
    if (look !== undefined) return { did: (await look(port, call.args)) ? 'found' : 'not-done' };
    // The cast: these arguments were kept of a call of this very method.
    const method = port[call.method] as (...args: unknown[]) => Promise<{ readonly id?: number } | undefined>;
    const made = await method(...call.args.map(toPattern));
    return typeof made?.id === 'number' ? { did: 'again', id: made.id } : { did: 'again' };
  } catch (error) {
    if (!isOver(error)) throw error;
    return { did: 'refused', refused: error.code };
  }
}

type Look = (port: RepoPort, args: readonly Json[]) => Promise<boolean>;

const looks: Partial<Record<WriteName, Look>> = {
  ensureBranchCommit: async (port, [branch]) => (await port.branchHead(String(branch))) !== null,
  ensurePull: async (port, [branch]) => (await port.openPulls(null)).some(({ head }) => head.ref === branch),
  merge: async (port, [pull]) => (await port.pull(Number(pull))).state === 'merged',
  closePull: async (port, [pull]) => (await port.pull(Number(pull))).state !== 'open',
};

interface Call {
  readonly repo: RepoRef;
  readonly method: WriteName;
  readonly args: readonly Json[];
}

function readCall(payload: Json): Call | null {
  const { repo, method, args }: JsonObject = isJsonObject(payload) ? payload : {};
  if (typeof method !== 'string' || !(method in described) || !Array.isArray(args) || !isJsonObject(repo ?? null))
    return null;
  // The casts: the recorder wrote it of a reference and of a name that is in the table.
  return { repo: repo as unknown as RepoRef, method: method as WriteName, args: args as readonly Json[] };
}

/** Whether the forge will not have it, now or later: the pull, the comment or the repository is gone, or the text refused. */
function isOver(error: unknown): error is BorderError {
  return error instanceof BorderError && ['not-found', 'invalid', 'conflict', 'too-large'].includes(error.kind);
}
