import { minLength } from './known-values.ts';

/** Lines and leaves shorter than this are too common to be searched for on their own. */
const minPart = 12;
/** How many lines or leaves of one value are learned. */
const maxParts = 2000;

/**
 * Every spelling in which a secret value may turn up in a text: itself, its lines and its JSON leaves, each plain,
 * JSON-escaped, URL-encoded, and in base64 (also in the middle of other base64, where its first byte may stand at any of
 * three offsets).
 */
export function formsOf(value: string): ReadonlySet<string> {
  const wholes = new Set([value, value.trim(), ...partsOf(value)]);
  const forms = new Set<string>();
  for (const whole of wholes) {
    if (whole.length < minLength) continue;
    for (const form of spellingsOf(whole)) forms.add(form);
  }
  return forms;
}

function spellingsOf(value: string): readonly string[] {
  const encoded = encodeUrl(value);
  const bytes = Buffer.from(value);
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((offset) => innerBase64(bytes, offset)),
  ];
}

/** The characters of base64 that depend on these bytes alone when they begin `offset` bytes behind a group of three. */
function innerBase64(bytes: Buffer, offset: number): readonly string[] {
  const inner = bytes.subarray((3 - offset) % 3);
  const whole = inner.subarray(0, inner.length - (inner.length % 3));
  return whole.length < minLength ? [] : [whole.toString('base64'), whole.toString('base64url')];
}

/** Lines of a file, and texts inside a JSON value such as a registry login. */
function partsOf(value: string): readonly string[] {
  const lines = value.includes('\n') ? value.split('\n').map((line) => line.trim()) : [];
  const leaves = /^\s*[[{]/.test(value) ? leavesOf(value) : [];
  return [...lines.filter((line) => line.length >= minPart), ...leaves].slice(0, maxParts);
}

function leavesOf(value: string): readonly string[] {
  const leaves: string[] = [];
  try {
    JSON.parse(value, (_, leaf: unknown) => {
      if (typeof leaf === 'string') leaves.push(leaf);
      return leaf;
    });
  } catch {
    return []; // no JSON after all: the value and its lines are learned
  }
  return leaves;
}

/** `encodeURIComponent` throws on half a surrogate pair; such a value cannot stand in a URL. */
function encodeUrl(value: string): string {
  return value.isWellFormed() ? encodeURIComponent(value) : value;
}
