import { minUnits, TermTree } from './term-tree.ts';

/**
 * Longer texts are kept in pieces of this many units: it bounds the work at one place of a searched text, and a value that is cut off
 * somewhere is found all the same.
 */
const maxUnits = 64;

/**
 * A set of texts to look for, and the search. Every occurrence of every text is covered, overlapping ones too; the cost grows with
 * the searched text and not with the number of texts. Bounded: texts are kept in two generations, and when the younger one is half
 * of what may be kept, the older one goes.
 */
export class KnownValues {
  #young = new TermTree();
  #old = new TermTree();
  readonly #maxUnits: number;

  constructor(maxCharacters: number) {
    this.#maxUnits = maxCharacters;
  }

  /** Adds a text, or makes a known one young again. Texts under `minUnits` are not added. */
  add(text: string): void {
    for (const piece of pieces(text)) this.#young.add(piece);
    if (this.#young.size * 2 <= this.#maxUnits) return;
    this.#old = this.#young;
    this.#young = new TermTree();
  }

  /** The text with each stretch that known texts cover replaced by `mark`. */
  mask(text: string, mark: string): string {
    const trees = [this.#young, this.#old].filter(({ size }) => size > 0);
    if (trees.length === 0) return text;
    const parts: string[] = [];
    let shownFrom = 0;
    let hiddenTo = 0;
    for (let at = 0; at + minUnits <= text.length; at += 1) {
      const end = at + longestAt(trees, text, at);
      if (end <= Math.max(at, hiddenTo)) continue;
      // A match that begins inside or right behind the last stretch only makes it longer.
      if (at > hiddenTo || parts.length === 0) parts.push(text.slice(shownFrom, at), mark);
      hiddenTo = end;
      shownFrom = end;
    }
    if (parts.length === 0) return text;
    parts.push(text.slice(shownFrom));
    return parts.join('');
  }
}

function longestAt(trees: readonly TermTree[], text: string, at: number): number {
  let longest = 0;
  for (const tree of trees) {
    const length = tree.lengthAt(text, at);
    if (length > longest) longest = length;
  }
  return longest;
}

/** The text itself, or pieces that cover it without gap; the last one overlaps the one before. */
function pieces(text: string): readonly string[] {
  if (text.length < minUnits) return [];
  if (text.length <= maxUnits) return [text];
  const starts = Array.from({ length: Math.floor(text.length / maxUnits) }, (_, index) => index * maxUnits);
  return [...starts.map((start) => text.slice(start, start + maxUnits)), text.slice(-maxUnits)];
}
