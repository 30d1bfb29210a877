import { Refusal } from './route.ts';
import type { PullRequest, Repository } from './state.ts';

/** Refuses a merge that GitHub would refuse. */
export function requireMergeable(repository: Repository, pull: PullRequest, sha: unknown): void {
  if (pull.state !== 'open') throw new Refusal(405, 'Pull Request is not mergeable');
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  if (typeof sha === 'string' && sha !== pull.headSha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (!pull.isMergeable) throw new Refusal(405, 'Pull Request has merge conflicts');
  const missing = missingCheck(repository, pull);
  if (missing !== undefined) throw new Refusal(405, `Required status check "${missing}" is expected.`);
}

/** The way asked for, if the repository allows it. */
export function allowedMethod({ mergeMethods }: Repository, asked: unknown): 'merge' | 'squash' {
  const allowed = mergeMethods.find((method) => method === asked);
  if (allowed === undefined) throw new Refusal(405, `Merging by ${String(asked)} is not allowed on this repository.`);
  return allowed;
}

function missingCheck(repository: Repository, pull: PullRequest): string | undefined {
  const passed = [...repository.checkRuns.values()].filter(
    (run) => run.headSha === pull.headSha && ['success', 'neutral', 'skipped'].includes(run.conclusion ?? ''),
  );
  const required = repository.requiredChecks.get(pull.baseRef) ?? [];
  return required.find((name) => !passed.some((run) => run.name === name));
}
