import { BorderError, FairleadError } from '../../model/error.ts';

const gone = { pull: 'pull-gone', repository: 'repository-gone' } as const;

/** A pull that the forge does not have, in a repository that it has: somebody deleted it, or it is not shown yet. */
export function pullGone(subject: string, cause: BorderError): BorderError {
  return new BorderError({
    ...{ code: gone.pull, kind: 'not-found', status: cause.status, subject, cause: cause.cause },
    message: `There is no pull ${subject}.`,
    remedy: 'Nothing to do: its work ends.',
  });
}

/** A repository that is deleted, archived, or on which Fairlead is not installed any more. */
export function repositoryGone(subject: string, why: string): BorderError {
  return new BorderError({
    ...{ code: gone.repository, kind: 'not-found', status: 404, subject },
    message: `${subject} cannot be worked on: ${why}.`,
    remedy: 'Nothing to do: its work ends. Install the app on it, or bring it back, to go on.',
  });
}

/** Whether what work was about is not there any more, so that no further try helps. */
export function isGone(error: unknown): error is FairleadError {
  return error instanceof FairleadError && (error.code === gone.pull || error.code === gone.repository);
}
