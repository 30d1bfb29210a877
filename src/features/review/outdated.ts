/** What was last said about a pull. */
export interface LastReview {
  readonly base: string;
  readonly head: string;
  /** Files and folders (ending with `/`) the reviewed applications read. */
  readonly inputs: readonly string[];
}

/** Whether files that changed in the base reach an application that was reviewed, so that the review must be made again. */
export function isTouched(last: LastReview, changedFiles: readonly string[]): boolean {
  const files = new Set(last.inputs.filter((input) => !input.endsWith('/')));
  const folders = last.inputs.filter((input) => input.endsWith('/'));
  return changedFiles.some(
    (file) => files.has(file) || folders.some((folder) => folder === '/' || file.startsWith(folder)),
  );
}
