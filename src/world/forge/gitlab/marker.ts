/** The hidden first line of what we write. Keys are our own words, never foreign text. */
export function markerOf(key: string): string {
  return `${MARKER}${key} -->`;
}

/** The key in a text that begins with our marker; null where it does not. */
export function keyIn(text: string): string | null {
  return /^<!-- fairlead:v1 key=(.*?) -->/.exec(text)?.[1] ?? null;
}

/** Whether two texts say the same, apart from what may differ. GitLab drops carriage returns and blanks at the end. */
export function isSame(one: string, other: string, apartFrom: RegExp | null): boolean {
  return blank(one, apartFrom) === blank(other, apartFrom);
}

const MARKER = '<!-- fairlead:v1 key=';

function blank(text: string, apartFrom: RegExp | null): string {
  const plain = text.replaceAll('\r', '').trimEnd();
  if (apartFrom === null) return plain;
  const flags = apartFrom.flags.includes('g') ? apartFrom.flags : `${apartFrom.flags}g`;
  return plain.replace(new RegExp(apartFrom.source, flags), '');
}
