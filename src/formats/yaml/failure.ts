import { FairleadError } from '../../model/error.ts';

/** Where decoding stopped. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** The one error of this room: code `decode-failed`, subject `file:line`. `rule` never quotes a value of the file. */
export function decodeFailed(place: Place, rule: string, remedy: string): FairleadError {
  const subject = `${place.file}:${place.line}`;
  return new FairleadError({ code: 'decode-failed', message: `${subject}: ${rule}`, subject, remedy });
}

/** A budget that ran out. */
export function overBudget(place: Place, what: string, limit: number, remedy: string): FairleadError {
  return decodeFailed(place, `${what}; the limit is ${limit.toLocaleString('en-US')}`, remedy);
}

/** How to get out of broken syntax. */
export const fixSyntax = 'Correct the line, or keep templates out of folders that hold plain manifests.';
