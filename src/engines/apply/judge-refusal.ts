import type { BorderError } from '../../model/error.ts';
import { formatResource, type ResourceId, resourceKey } from '../../model/resource.ts';
import type { FieldConflict, Takeover } from '../../model/takeover.ts';
import { readConflicts } from './conflicts.ts';

/** Why a stage does not go on. */
export type Halt =
  /** It may pass by itself. */
  | { readonly kind: 'wait'; readonly note: string; readonly resource: ResourceId }
  /** A person must look; `takeovers` is what the reason names as owned by others. */
  | { readonly kind: 'refused'; readonly reason: string; readonly takeovers: readonly Takeover[] }
  /** The server will not take the commit as it is. */
  | { readonly kind: 'failed'; readonly reason: string; readonly resource: ResourceId };

/** Fields named in one sentence; the rest is counted. */
const mostFields = 5;

/**
 * What the server's refusal of one object means for the commit. Throws the error itself when it says nothing about the
 * commit: the cluster could not be reached, is busy, or does not know the caller. Of conflicts only those are told that were not
 * accepted.
 */
export function judgeRefusal(
  error: BorderError,
  id: ResourceId,
  isAccepted: (conflict: FieldConflict) => boolean,
): Halt {
  if (isTooLarge(error)) return { kind: 'failed', reason: tooLarge(error, id), resource: id };
  if (isEscalation(error)) return refused(`${formatResource(id)}: ${error.message}`);
  switch (error.kind) {
    case 'conflict':
      return judgeConflicts(
        readConflicts(error.message).filter((one) => !isAccepted(one)),
        id,
      );
    case 'forbidden':
      return refused(`${error.message} ${error.remedy}`);
    case 'invalid':
    case 'not-found':
      return { kind: 'failed', reason: `${formatResource(id)}: ${error.message} ${error.remedy}`, resource: id };
    case 'too-large':
    case 'limited':
    case 'unavailable':
    case 'unauthorized':
      throw error;
    default:
      return error.kind satisfies never;
  }
}

function refused(reason: string): Halt {
  return { kind: 'refused', reason, takeovers: [] };
}

function judgeConflicts(conflicts: readonly FieldConflict[], id: ResourceId): Halt {
  if (conflicts.length === 0) {
    return { kind: 'wait', note: `${formatResource(id)} was changed by somebody else meanwhile`, resource: id };
  }
  const fields = conflicts.slice(0, mostFields);
  const told = fields.map(({ field, owner }) => `${field.slice(1)} belongs to ${owner}`);
  const left = conflicts.length - fields.length;
  const more = left > 0 ? ` and ${left} more (asked about next)` : '';
  return {
    kind: 'refused',
    reason: `${formatResource(id)}: ${told.join(', ')}${more}, which the accepted plan did not show as a takeover.`,
    takeovers: [{ key: resourceKey(id), fields }],
  };
}

/** Nobody may give away rights he has not got: a matter of the identity Fairlead applies as, not of the commit. */
function isEscalation({ message }: BorderError): boolean {
  return message.includes('attempting to grant RBAC permissions not currently held');
}

/** The server says it in several ways: status 413, a failed validation (422), or the words of its storage (500). */
function isTooLarge({ kind, code, message }: BorderError): boolean {
  if (kind === 'too-large') return code !== 'cluster-answer-too-large';
  return /request is too large|request entity too large|Too long: (may not be more|must have at most) .*\d{6} bytes|trying to send message larger/i.test(
    message,
  );
}

function tooLarge(error: BorderError, id: ResourceId): string {
  return `${formatResource(id)} is too large for the API server: split it or make it smaller. ${error.message}`;
}
