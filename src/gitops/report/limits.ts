/** Longest name of an object, file, target or rule that is shown, in UTF-16 code units. Longer ones lose their middle. */
const nameLimit = 260;

/** A name of bounded length that keeps both ends: what tells names apart is most often the end. */
export function bounded(text: string, limit: number = nameLimit): string {
  if (text.length <= limit) return text;
  const half = Math.floor((limit - 1) / 2);
  return `${text.slice(0, half).toWellFormed()}…${text.slice(-half).toWellFormed()}`;
}

/** A text cut between two words, never within one: half a word may be half a secret that nobody masks. */
export function cutWords(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = text.slice(0, limit);
  const end = Math.max(...[' ', '\t', '\n', ',', ';'].map((between) => head.lastIndexOf(between)));
  return end <= 0 ? `(${text.length} characters)` : `${head.slice(0, end)} …`;
}
