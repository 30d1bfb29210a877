import type { BorderError } from '../../model/error.ts';

/** Whether we may not write checks here. */
export function isRefused({ kind }: BorderError): boolean {
  return kind === 'forbidden' || kind === 'not-found';
}

/** Whether another try does not help: the commit is gone, or may not be written to. */
export function isFinal(error: BorderError): boolean {
  return isRefused(error) || error.kind === 'invalid';
}
