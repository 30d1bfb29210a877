/** Base64 that is shorter than this, six bytes, is too common to be searched for on its own. */
const minInner = 8;

/** Every spelling in which programs write a value: the value itself first; one spelling may come twice. */
export function spellingsOf(value: string): readonly string[] {
  return [...escapesOf(value), ...encodingsOf(Buffer.from(value))];
}

/** The spellings of bytes that are no text, and what is left of them where somebody took them for text. */
export function byteSpellings(bytes: Buffer): readonly string[] {
  const texts = [bytes.toString('utf8'), bytes.toString('latin1')];
  return [...texts.flatMap(escapesOf), ...encodingsOf(bytes)];
}

/** As bytes are written: base64 (also in the middle of other base64, in lines, in URLs, and twice) and hex. */
function encodingsOf(bytes: Buffer): readonly string[] {
  const base64 = bytes.toString('base64');
  const hex = bytes.toString('hex');
  return [
    base64,
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((offset) => innerBase64(bytes, offset)),
    ...linesOf(base64),
    ...urlsOf(base64),
    ...innerBase64(Buffer.from(base64.replace(/=+$/, '')), 0),
    hex,
    hex.toUpperCase(),
  ];
}

/** The characters of base64 that depend on these bytes alone when they begin `offset` bytes behind a group of three. */
function innerBase64(bytes: Buffer, offset: number): readonly string[] {
  const inner = bytes.subarray((3 - offset) % 3);
  const whole = inner.subarray(0, inner.length - (inner.length % 3)).toString('base64');
  return whole.length < minInner ? [] : [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
}

/** Tools break long base64 after 64 (PEM) or 76 (MIME) characters. */
function linesOf(base64: string): readonly string[] {
  return [64, 76].flatMap((width) => {
    const lines = base64.length <= width ? [] : (base64.match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
    return lines.filter((line) => line.length >= minInner * 2);
  });
}

/** As texts quote a value: JSON of several writers (also JSON in JSON), URLs, HTML, YAML, shell. */
function escapesOf(value: string): readonly string[] {
  const quoted = new Set([
    value,
    jsonOf(value),
    goJson(jsonOf(value)),
    asciiJson(jsonOf(value)),
    jsonOf(jsonOf(value)),
  ]);
  return [
    ...quoted,
    goJson(jsonOf(goJson(jsonOf(value)))),
    goQuoted(value),
    jsonOf(goQuoted(value)),
    yamlQuoted(value),
    ...urlsOf(value),
    ...(/[&<>"']/.test(value) ? entities.map((entity) => escapeHtml(value, entity)) : []),
    ...(value.includes("'")
      ? [value.replaceAll("'", "''"), value.replaceAll("'", "'\\''"), value.replaceAll("'", "\\'")]
      : []),
  ];
}

/** As Go quotes a string (`%q`): what cannot be printed is escaped, other letters stay. */
function goQuoted(value: string): string {
  return value.replaceAll(/["\\]|[^\P{C}]|(?! )\p{Z}/gu, (unit) => goEscapes[unit] ?? goCode(unit.codePointAt(0) ?? 0));
}

/** As YAML writes what it must quote: controls by letter or number, all else as it is. */
function yamlQuoted(value: string): string {
  return value.replaceAll(/["\\]|\p{Cc}/gu, (unit) =>
    unit > '\u007f' ? unit : (yamlEscapes[unit] ?? goEscapes[unit] ?? yamlCode(unit)),
  );
}

const yamlEscapes: Readonly<Record<string, string>> = { '\0': '\\0', '\u001b': '\\e' };

function yamlCode(unit: string): string {
  return `\\x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

const goEscapes: Readonly<Record<string, string>> = {
  ...{ '"': '\\"', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n' },
  ...{ '\r': '\\r', '\t': '\\t', '\v': '\\v' },
};

function goCode(code: number): string {
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

function jsonOf(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Go's encoding/json escapes what HTML would read, and YAML libraries built on it do. */
function goJson(json: string): string {
  return json.replaceAll(/[<>&\u2028\u2029]/g, unicodeEscape);
}

function asciiJson(json: string): string {
  return json.replaceAll(/[^\x20-\x7e]/g, unicodeEscape);
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Percent-encoded with capital and small digits, as in a path and as in a form; half a surrogate pair cannot stand in a URL. */
function urlsOf(value: string): readonly string[] {
  if (!value.isWellFormed()) return [];
  const encoded = encodeURIComponent(value);
  const strict = encoded.replaceAll(/[!'()*]/g, (unit) => `%${unit.charCodeAt(0).toString(16).toUpperCase()}`);
  return [...new Set([encoded, strict, strict.replaceAll('%20', '+')])].flatMap((url) => [url, smallDigits(url)]);
}

function smallDigits(url: string): string {
  return url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

type Entity = (unit: string) => string;

const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** All by name, the apostrophe by number, and both quotes by number, as Go's html does. */
const entities: readonly Entity[] = [
  (unit) => `&${names[unit]};`,
  (unit) => (unit === "'" ? '&#39;' : `&${names[unit]};`),
  (unit) => (unit === "'" ? '&#x27;' : `&${names[unit]};`),
  (unit) => (unit === "'" || unit === '"' ? `&#${unit.charCodeAt(0)};` : `&${names[unit]};`),
  (unit) => (unit === "'" || unit === '"' ? unit : `&${names[unit]};`),
];

function escapeHtml(value: string, entity: Entity): string {
  return value.replaceAll(/[&<>"']/g, entity);
}
