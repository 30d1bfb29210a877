import type { JobPayloads, QueuedJob } from '../../model/jobs.ts';
import { repoKey } from '../../model/repo.ts';
import type { CommandFacts } from './command.ts';

/** A commit is to be deployed again. Of several that wait for one application of an environment, the newest counts. */
export function redeployJob(
  { repo, actor, pull }: Pick<CommandFacts, 'repo' | 'actor' | 'pull'>,
  what: Pick<JobPayloads['redeploy'], 'environment' | 'application' | 'commit' | 'trigger' | 'confirmed'>,
): QueuedJob {
  return {
    job: { kind: 'redeploy', payload: { repo, ...what, actor, pull: pull?.number ?? null } },
    key: `redeploy:${repoKey(repo)}:${what.environment}:${what.application ?? ''}`,
    replace: true,
    runAt: null,
  };
}
