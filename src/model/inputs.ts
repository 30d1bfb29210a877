/** Whether one of the files is among the inputs: files, and folders that end with `/` (`/` alone is everything). */
export function isReached(inputs: readonly string[], files: readonly string[]): boolean {
  const named = new Set(inputs.filter((input) => !input.endsWith('/')));
  const folders = inputs.filter((input) => input.endsWith('/'));
  return files.some((file) => named.has(file) || folders.some((folder) => folder === '/' || file.startsWith(folder)));
}
