import { isReached } from '../../model/inputs.ts';

/** What was last said about a pull. */
export interface LastReview {
  readonly base: string;
  readonly head: string;
  /** Files and folders (ending with `/`) the reviewed applications read. */
  readonly inputs: readonly string[];
}

/** Whether files that changed in the base reach an application that was reviewed, so that the review must be made again. */
export function isTouched(last: LastReview, changedFiles: readonly string[]): boolean {
  return isReached(last.inputs, changedFiles);
}
