/** Values shorter than this are no search terms: too many innocent texts hold them. */
export const minLength = 6;

/** Longer values are kept in pieces of this length, so that one huge value does not need one huge comparison. */
const maxLength = 1024;

/** All kept values that begin with the same six characters. */
interface Bucket {
  readonly values: Set<string>;
  /** How many values have a length, longest first when scanned. */
  readonly lengths: Map<number, number>;
}

/**
 * A set of texts to look for, and the search. Every occurrence of every text is covered, overlapping ones too; the cost
 * is one map lookup per character and does not grow with the number of texts. Bounded: the text added longest ago goes.
 */
export class KnownValues {
  readonly #buckets = new Map<string, Bucket>();
  /** In the order of learning, oldest first. */
  readonly #order = new Set<string>();
  readonly #maxCharacters: number;
  #characters = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** Adds a text, or makes a known one the newest. Texts under `minLength` are not added. */
  add(text: string): void {
    for (const piece of pieces(text)) this.#addPiece(piece);
    while (this.#characters > this.#maxCharacters) this.#forgetOldest();
  }

  /** The text with each stretch that known texts cover replaced by `mark`. */
  mask(text: string, mark: string): string {
    if (this.#order.size === 0) return text;
    const parts: string[] = [];
    let shownFrom = 0;
    let hiddenTo = 0;
    for (let at = 0; at + minLength <= text.length; at += 1) {
      const end = at + this.#lengthAt(text, at);
      if (end <= Math.max(at, hiddenTo)) continue;
      // A match that begins inside or right behind the last stretch only makes it longer.
      if (at > hiddenTo || parts.length === 0) parts.push(text.slice(shownFrom, at), mark);
      hiddenTo = end;
      shownFrom = end;
    }
    parts.push(text.slice(shownFrom));
    return parts.join('');
  }

  #lengthAt(text: string, at: number): number {
    const bucket = this.#buckets.get(text.slice(at, at + minLength));
    if (bucket === undefined) return 0;
    let longest = 0;
    for (const length of bucket.lengths.keys()) {
      if (length > longest && bucket.values.has(text.slice(at, at + length))) longest = length;
    }
    return longest;
  }

  #addPiece(piece: string): void {
    const isNew = !this.#order.delete(piece);
    this.#order.add(piece);
    if (!isNew) return;
    this.#characters += piece.length;
    const prefix = piece.slice(0, minLength);
    const bucket = this.#buckets.get(prefix) ?? { values: new Set(), lengths: new Map() };
    this.#buckets.set(prefix, bucket);
    bucket.values.add(piece);
    bucket.lengths.set(piece.length, (bucket.lengths.get(piece.length) ?? 0) + 1);
  }

  #forgetOldest(): void {
    const [piece] = this.#order;
    if (piece === undefined) return;
    this.#order.delete(piece);
    this.#characters -= piece.length;
    const prefix = piece.slice(0, minLength);
    const bucket = this.#buckets.get(prefix);
    bucket?.values.delete(piece);
    const left = (bucket?.lengths.get(piece.length) ?? 1) - 1;
    if (left > 0) bucket?.lengths.set(piece.length, left);
    else bucket?.lengths.delete(piece.length);
    if (bucket?.values.size === 0) this.#buckets.delete(prefix);
  }
}

/** The text itself, or pieces that cover it without gap; the last one overlaps the one before. */
function pieces(text: string): readonly string[] {
  if (text.length < minLength) return [];
  if (text.length <= maxLength) return [text];
  const starts = Array.from({ length: Math.floor(text.length / maxLength) }, (_, index) => index * maxLength);
  return [...starts.map((start) => text.slice(start, start + maxLength)), text.slice(-maxLength)];
}
