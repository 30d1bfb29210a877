/** The hidden first line of what we write. Keys are our own words, never foreign text. */
export function markerOf(key: string): string {
  return `<!-- fairlead:v1 key=${key} -->`;
}

/** The key in the first line of a text; null where there is none. A marker further down is a quotation and counts for nothing. */
export function keyIn(text: string | null | undefined): string | null {
  return /^<!-- fairlead:v1 key=(.+?) -->/.exec(text ?? '')?.[1] ?? null;
}

/** Whether two texts say the same, blanking what may differ. GitHub may store line ends and trailing blanks its own way. */
export function isSame(one: string, other: string, apartFrom: RegExp | null): boolean {
  return blank(one, apartFrom) === blank(other, apartFrom);
}

function blank(text: string, apartFrom: RegExp | null): string {
  const plain = text.replaceAll('\r\n', '\n').trimEnd();
  if (apartFrom === null) return plain;
  const flags = apartFrom.flags.includes('g') ? apartFrom.flags : `${apartFrom.flags}g`;
  return plain.replace(new RegExp(apartFrom.source, flags), '');
}
