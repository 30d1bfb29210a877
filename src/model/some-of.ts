/** The first words of a list, and how many more there are: `a, b and 3 more`. */
export function someOf(words: readonly string[], most: number, between = ', '): string {
  const rest = words.length - most;
  return rest > 0 ? `${words.slice(0, most).join(between)} and ${rest} more` : words.join(between);
}
