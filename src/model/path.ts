/** One step of a path: an object key, a list index, or the merge keys that name a list item. */
export type PathSegment = string | number | Readonly<Record<string, string | number | boolean>>;

/** Where a value stands inside an object, from the root. */
export type Path = readonly PathSegment[];

/**
 * A path as people write it: `spec.template.spec.containers[name=web].image`. A key with a dot or bracket is quoted:
 * `metadata.annotations["a.b/c"]`.
 */
export function formatPath(path: Path): string {
  return path.map(formatSegment).join('').replace(/^\./, '');
}

/** The path that `formatPath` wrote; null for a text it never writes. */
export function parsePath(text: string): Path | null {
  const path: PathSegment[] = [];
  let rest = text === '' || text.startsWith('[') ? text : `.${text}`;
  while (rest !== '') {
    const found = /^\.([A-Za-z0-9_$-]+)/.exec(rest) ?? bracketed.exec(rest);
    const segment = found === null ? null : parseSegment(found);
    if (found === null || segment === null) return null;
    path.push(segment);
    rest = rest.slice(found[0].length);
  }
  return path;
}

/** A JSON pointer (RFC 6901) of plain keys and indexes, the key of line maps. */
export function formatPointer(path: readonly (string | number)[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function formatSegment(segment: PathSegment): string {
  if (typeof segment === 'number') return `[${segment}]`;
  if (typeof segment === 'object') return `[${formatKeys(segment)}]`;
  return /^[A-Za-z0-9_$-]+$/.test(segment) ? `.${segment}` : `[${JSON.stringify(segment)}]`;
}

function formatKeys(keys: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(keys)
    .map(([key, value]) => `${bare.test(key) ? key : JSON.stringify(key)}=${formatKey(value)}`)
    .join(',');
}

/** Quoted where it could be read as something else. */
function formatKey(value: string | number | boolean): string {
  const isPlain = typeof value !== 'string' || (bare.test(value) && parseKey(value) === value);
  return isPlain ? String(value) : JSON.stringify(value);
}

/** What needs no quotes inside brackets. */
const bare = /^[^\s"=,[\]]+$/;

const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
const word = String.raw`[^\s"=,[\]]+`;
const pair = `(?:${quoted}|${word})=(?:${quoted}|${word})`;

/** `[0]`, `["a.b/c"]`, `[name=web,protocol=TCP]`, `[]`: one group for each form. */
const bracketed = new RegExp(String.raw`^\[(?:(\d+)|(${quoted})|((?:${pair}(?:,${pair})*)?))\]`);

function parseSegment([whole, first, key, keys]: RegExpExecArray): PathSegment | null {
  if (whole.startsWith('.')) return first ?? null;
  if (first !== undefined) return Number(first);
  return key === undefined ? parseKeys(keys ?? '') : unquote(key);
}

function parseKeys(text: string): PathSegment | null {
  const pairs = [...text.matchAll(new RegExp(`(${quoted}|${word})=(${quoted}|${word})`, 'g'))];
  const entries = pairs.map(([, key = '', value = '']) => {
    const name = key.startsWith('"') ? unquote(key) : key;
    return [name, value.startsWith('"') ? unquote(value) : parseKey(value)] as const;
  });
  if (entries.some(([key, value]) => key === null || value === null)) return null;
  // Nothing that is null is left.
  return Object.fromEntries(entries) as Exclude<PathSegment, string | number>;
}

function parseKey(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}

function unquote(text: string): string | null {
  try {
    return String(JSON.parse(text));
  } catch {
    // No escape of JSON: nothing that was written by us.
    return null;
  }
}
