import type { BorderError } from '../../model/error.ts';
import type { FieldConflict } from '../../model/takeover.ts';
import type { EngineWork } from '../engine.ts';
import { isReadWhole, readConflicts } from './conflicts.ts';

/** Tells of one object whether a conflict was shown to people and accepted: the field and its owner. */
export function acceptedFor(
  { takeovers }: Pick<EngineWork, 'takeovers'>,
  key: string,
): (conflict: FieldConflict) => boolean {
  const accepted = takeovers.filter((one) => one.key === key);
  return ({ field, owner }) =>
    accepted.some(({ fields }) => fields === 'all' || fields.some((one) => one.field === field && one.owner === owner));
}

/** Whether the server refused an object for conflicts only, and each of them was accepted. */
export function isAllAccepted(
  work: Pick<EngineWork, 'takeovers'>,
  key: string,
  { kind, message }: BorderError,
): boolean {
  const conflicts = kind === 'conflict' ? readConflicts(message) : [];
  return conflicts.length > 0 && isReadWhole(message, conflicts) && conflicts.every(acceptedFor(work, key));
}
