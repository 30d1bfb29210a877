import { FairleadError } from '../model/error.ts';
import type { Job, JobPayloads, QueuedJob } from '../model/jobs.ts';
import { repoKey } from '../model/repo.ts';

type Place = JobPayloads['dead']['place'];

interface DeadFacts {
  readonly tries: number;
  /** When it was tried first. */
  readonly since: Date;
  /** When it was tried last. */
  readonly at: Date;
  /** Messages of errors may quote what is secret. */
  readonly redact: (text: string) => string;
}

/** The job that tells people of one that was given up; null where nobody waits for it on a pull. What cannot be told is never told. */
export function deadLetter(job: Job, error: unknown, facts: DeadFacts): QueuedJob | null {
  const place = placeOf(job);
  if (place === null) return null;
  const isKnown = error instanceof FairleadError;
  const why = isKnown ? `${error.message}\n${error.remedy}` : 'A fault of Fairlead itself; its log says more.';
  const { tries, since, at } = facts;
  const times = { tries, since: since.toISOString(), at: at.toISOString() };
  const payload = { of: job.kind, place, why: facts.redact(why), ...times };
  return { job: { kind: 'dead', payload }, key: `dead:${job.kind}:${keyOf(place)}`, replace: true, runAt: null };
}

/** Where a job's outcome is waited for. */
function placeOf({ kind, payload }: Job): Place | null {
  switch (kind) {
    case 'review':
    case 'begin':
    case 'tell':
    case 'ended': {
      // The cast: the kind says which payload it is.
      const { repo, pull } = payload as JobPayloads['review'];
      return { kind: 'pull', repo, pull };
    }
    case 'merged':
    case 'redeploy': {
      const { repo, pull } = payload as JobPayloads['merged'] | JobPayloads['redeploy'];
      return typeof pull === 'number' ? { kind: 'pull', repo, pull } : null;
    }
    case 'command': {
      const { repo, thread, comment } = payload as JobPayloads['command'];
      return { kind: 'command', repo, thread, comment };
    }
    case 'group':
    case 'group-review': {
      const { repo, head } = payload as JobPayloads['group'];
      return { kind: 'group', repo, head };
    }
    case 'deploy':
    case 'revert':
      return { kind: 'deployment', deployment: (payload as JobPayloads['deploy']).deployment };
    default:
      return null;
  }
}

function keyOf(place: Place): string {
  switch (place.kind) {
    case 'pull':
      return `${repoKey(place.repo)}#${place.pull}`;
    case 'command':
      return `${repoKey(place.repo)}:${place.comment}`;
    case 'deployment':
      return place.deployment;
    case 'group':
      return `${repoKey(place.repo)}:${place.head}`;
    default:
      return place satisfies never;
  }
}
