/** Text as every database keeps it: PostgreSQL's has no NUL, so a replacement character stands in its place. */
export function keptText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}
