import type { JobPayloads, QueuedJob } from './jobs.ts';
import { type RepoRef, repoKey, type Thread } from './repo.ts';

/** A review of a pull. A changed pull takes the place of a waiting review; a moved base does not: the waiting one reads it anyway. */
export function pullJob(repo: RepoRef, pull: number, reason: 'pull' | 'base'): QueuedJob {
  return {
    job: { kind: 'review', payload: { repo, pull, reason } },
    key: `review:${repoKey(repo)}#${pull}`,
    replace: reason === 'pull',
    runAt: null,
  };
}

/**
 * A pull that has a new head (null: whichever it has, as when somebody asks), before its review. Of several pushes the newest counts.
 */
export function beginJob(
  repo: RepoRef,
  pull: number,
  { head, before }: { readonly head: string | null; readonly before: string | null },
): QueuedJob {
  return {
    job: { kind: 'begin', payload: { repo, pull, head, before } },
    key: `begin:${repoKey(repo)}#${pull}`,
    replace: true,
    runAt: null,
  };
}

/** A look whether a pull is reviewed as it stands. Never in place of a review that waits, nor is one that runs given up for it. */
export function assertJob(repo: RepoRef, pull: number): QueuedJob {
  const { key } = pullJob(repo, pull, 'pull');
  return { job: { kind: 'review', payload: { repo, pull, reason: 'resync' } }, key, replace: false, runAt: null };
}

/** The open pulls into a branch that moved are to be looked at. */
export function branchJob(repo: RepoRef, branch: string): QueuedJob {
  return {
    job: { kind: 'branch', payload: { repo, branch } },
    key: `branch:${repoKey(repo)}:${branch}`,
    replace: true,
    runAt: null,
  };
}

/** A comment that may hold commands is to be obeyed: once, whoever tells of it. */
export function commandJob(
  repo: RepoRef,
  { thread, comment, author }: { readonly thread: Thread; readonly comment: number; readonly author: string },
): QueuedJob {
  return {
    job: { kind: 'command', payload: { repo, thread, comment, author } },
    key: `command:${repoKey(repo)}:${comment}`,
    replace: false,
    runAt: null,
  };
}

/** Under this name it is remembered that a comment was obeyed. */
export function commandIntent(repo: RepoRef, thread: Thread, comment: number): string {
  return `command:${repoKey(repo)}:${thread.kind}:${comment}`;
}

/** What a forge knows is to be looked at: at once in place of a later look; or at a time, unless a look is due anyway. */
export function lookJob(forge: string, runAt: Date | null = null): QueuedJob {
  return { job: { kind: 'look', payload: { forge } }, key: `look:${forge}`, replace: runAt === null, runAt };
}

/** A repository is to be compared with what was last said and done. */
export function resyncJob(repo: RepoRef, runAt: Date | null = null): QueuedJob {
  return { job: { kind: 'resync', payload: { repo } }, key: `resync:${repoKey(repo)}`, replace: false, runAt };
}

/** A look at a branch that moved: what is to be deployed. An earlier `before` that waits must stay: it reaches further back. */
export function mergedJob(repo: RepoRef, branch: string, before: string | null): QueuedJob {
  return {
    job: { kind: 'merged', payload: { repo, branch, before } },
    key: `merged:${repoKey(repo)}:${branch}`,
    replace: false,
    runAt: null,
  };
}

/** The same look for a pull that was merged. Its key is its own: a look that waits for a push does not know the number. */
export function pullMergedJob(repo: RepoRef, branch: string, pull: number): QueuedJob {
  const look = mergedJob(repo, branch, null);
  return {
    ...look,
    job: { kind: 'merged', payload: { repo, branch, before: null, pull } },
    key: `${look.key}#${pull}`,
  };
}

/** The next step of a deployment. A wake that came while a step ran stands, whenever that step wants the next one. */
export function deployJob(deployment: string, runAt: Date | null = null): QueuedJob {
  return { job: { kind: 'deploy', payload: { deployment } }, key: `deploy:${deployment}`, replace: 'sooner', runAt };
}

/** The deploy comment of a pull is to be written again. */
export function tellJob(repo: RepoRef, pull: number): QueuedJob {
  return {
    job: { kind: 'tell', payload: { repo, pull } },
    key: `tell:${repoKey(repo)}#${pull}`,
    replace: true,
    runAt: null,
  };
}

/** A failed deployment is to be looked at; `actor` asks for it, null when nobody did. Who asks is not passed over for a look that waits. */
export function revertJob(deployment: string, actor: string | null): QueuedJob {
  return {
    job: { kind: 'revert', payload: { deployment, actor } },
    key: `revert:${deployment}`,
    replace: actor !== null,
    runAt: null,
  };
}

/** A pull was closed or merged. */
export function endedJob(repo: RepoRef, pull: number): QueuedJob {
  return {
    job: { kind: 'ended', payload: { repo, pull } },
    key: `ended:${repoKey(repo)}#${pull}`,
    replace: false,
    runAt: null,
  };
}

/** A target is to be compared with what was deployed. */
export function driftJob(repo: RepoRef, target: string, wake: string, runAt: Date | null = null): QueuedJob {
  return {
    job: { kind: 'drift', payload: { repo, target, wake } },
    key: `drift:${repoKey(repo)}:${target}`,
    replace: true,
    runAt,
  };
}

/** The drift board of a repository is to be written again. */
export function boardJob(repo: RepoRef, runAt: Date | null = null): QueuedJob {
  return { job: { kind: 'board', payload: { repo } }, key: `board:${repoKey(repo)}`, replace: true, runAt };
}

/** Every target of a repository is to be looked at: at once, in place of a later look; or at a time, unless a look is due anyway. */
export function sweepJob(repo: RepoRef, runAt: Date | null = null): QueuedJob {
  return { job: { kind: 'sweep', payload: { repo } }, key: `sweep:${repoKey(repo)}`, replace: runAt === null, runAt };
}

/** A branch moved: where something is deployed from it, every target is to be looked at. */
export function branchSweepJob(repo: RepoRef, branch: string): QueuedJob {
  const key = `sweep:${repoKey(repo)}:${branch}`;
  return { job: { kind: 'sweep', payload: { repo, branch } }, key, replace: true, runAt: null };
}

/** A drift row is to be put right. */
export function healJob(repo: RepoRef, payload: JobPayloads['heal'], runAt: Date | null = null): QueuedJob {
  return { job: { kind: 'heal', payload }, key: `heal:${repoKey(repo)}:${payload.drift}`, replace: false, runAt };
}
