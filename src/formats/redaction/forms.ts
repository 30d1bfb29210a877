import { byteSpellings, spellingsOf } from './spellings.ts';

/** Values of fewer bytes (UTF-8) are no search terms: too many innocent texts hold them. */
export const minBytes = 8;

/** Lines and leaves shorter than this are too common to be searched for on their own. */
const minPart = 12;
/** How many lines or leaves of one value are learned. */
const maxParts = 2000;

/**
 * Every text to look for so that a secret value is found wherever it reappears: itself, its lines and its JSON leaves, each in every
 * spelling of spellings.ts. Bytes that are no text have the spellings of bytes. Nothing for a value that is too short, or one
 * character again and again, which is how rules and indents are drawn.
 */
export function formsOf(value: string | Uint8Array): ReadonlySet<string> {
  if (typeof value !== 'string') return value.length < minBytes ? new Set() : kept(byteSpellings(Buffer.from(value)));
  const wholes = [...new Set([value, value.trim(), ...partsOf(value)])].filter(isLongEnough);
  return kept(wholes.flatMap(spellingsOf));
}

/** Whether a value is looked for outside its own path. */
export function isLongEnough(value: string): boolean {
  const text = value.trim();
  return Buffer.byteLength(text) >= minBytes && !/^(.)\1*$/su.test(text);
}

function kept(forms: readonly string[]): ReadonlySet<string> {
  return new Set(forms.filter((form) => form.trim() !== ''));
}

/** Lines of a file, and texts inside a JSON value such as a registry login. */
function partsOf(value: string): readonly string[] {
  const lines = /[\r\n]/.test(value) ? value.split(/[\r\n]+/).map((line) => line.trim()) : [];
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
