import { FairleadError } from '../model/error.ts';
import type { Job, JobPayloads, QueuedJob } from '../model/jobs.ts';
import { repoKey } from '../model/repo.ts';

type Place = JobPayloads['dead']['place'];

interface DeadFacts {
  readonly tries: number;
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
  const payload = { of: job.kind, place, why: facts.redact(why), tries: facts.tries, at: facts.at.toISOString() };
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
    default:
      return place satisfies never;
  }
}
