import type { JobPayloads } from '../../model/jobs.ts';
import { commandIntent } from '../../model/queued.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import type { FoundComment } from '../../world/forge/forge.ts';
import { readBranches } from './branches.ts';
import { decideResync, type ResyncFacts } from './decide.ts';
import { isAllDue } from './due.ts';
import { type LookMark, readMark, writeMark } from './mark.ts';
import type { ResyncTools } from './tools.ts';

/** Looks overlap by so many milliseconds: clocks differ, and what is told twice is done once. */
const overlap = 120_000;

/** Changes are looked back for as far, in milliseconds. */
const longest = 7 * 24 * 3_600_000;

/**
 * Compares a repository with what was last said and done, by as few calls as will do: after a start every open pull is looked at,
 * later what changed since the look before. May run twice: its jobs are those that events become, and do once what is to be done.
 */
export async function resync({ repo }: JobPayloads['resync'], tools: ResyncTools, signal: AbortSignal): Promise<void> {
  const began = tools.now();
  const mark = await readMark(repo, tools);
  const found = await gather(repo, mark, tools, signal);
  if (found !== null) {
    await act(found.facts, tools);
    const heads = new Map(found.facts.branches.map(({ name, head }) => [name, head]));
    await writeMark(repo, { at: began, first: mark?.first ?? began, heads }, tools);
    if (found.open !== null) tools.looked.all.set(repoKey(repo), { at: began.getTime(), open: found.open });
  }
  tools.looked.changes.set(repoKey(repo), began.getTime());
}

interface Found {
  readonly facts: ResyncFacts;
  /** How many pulls are open; null when not all were read. */
  readonly open: number | null;
}

/** null for a repository without a commit. */
async function gather(
  repo: RepoRef,
  mark: LookMark | null,
  tools: ResyncTools,
  signal: AbortSignal,
): Promise<Found | null> {
  const port = await tools.forge(repo.forge).repo(repo);
  const branch = await port.defaultBranch();
  const head = await port.branchHead(branch);
  if (head === null) return null;
  const now = tools.now().getTime();
  const open = isAllDue(tools.looked.all.get(repoKey(repo)), now) ? await port.openPulls(null) : null;
  const since = mark === null ? null : new Date(Math.max(mark.at.getTime() - overlap, now - longest));
  const changed = since === null ? [] : await port.changedPulls(since);
  const heard = mark === null || since === null ? null : new Date(Math.max(since.getTime(), mark.first.getTime()));
  const commands = heard === null ? [] : await notObeyed(repo, await port.newCommands(heard), tools);
  const pulls = [...new Map([...(open ?? []), ...changed].map((pull) => [pull.number, pull])).values()];
  const around = { port, mark, trunk: { name: branch, head }, isWorkedIn: pulls.length > 0 };
  const branches = await readBranches(around, tools, signal);
  return { facts: { repo, branches, pulls, commands }, open: open?.length ?? null };
}

async function notObeyed(
  repo: RepoRef,
  found: readonly FoundComment[],
  { store }: ResyncTools,
): Promise<readonly FoundComment[]> {
  const fresh: FoundComment[] = [];
  for (const one of found) {
    if ((await store.outbox.outcome(commandIntent(repo, one.thread, one.comment))) === null) fresh.push(one);
  }
  return fresh;
}

async function act(facts: ResyncFacts, { store, queue }: ResyncTools): Promise<void> {
  const { jobs, settled } = decideResync(facts);
  await store.transaction(async (tx) => {
    for (const [branch, head] of settled) {
      if ((await store.heads.get(facts.repo, branch)) === null) await store.heads.set(tx, facts.repo, branch, head);
    }
    for (const { job, ...options } of jobs) await queue.add(tx, job, options);
  });
}
