/** The line of an offset in a text; it only moves forward. */
export class LineCursor {
  readonly #text: string;
  #line: number;
  #nextBreak: number;

  constructor(text: string, firstLine: number) {
    this.#text = text;
    this.#line = firstLine;
    this.#nextBreak = this.#breakFrom(0);
  }

  /** 1-based. */
  get line(): number {
    return this.#line;
  }

  moveTo(offset: number): void {
    while (this.#nextBreak < offset) {
      this.#line += 1;
      this.#nextBreak = this.#breakFrom(this.#nextBreak + 1);
    }
  }

  /** Offset of the next line end at or after `from`. */
  #breakFrom(from: number): number {
    const found = this.#text.indexOf('\n', from);
    return found === -1 ? Number.POSITIVE_INFINITY : found;
  }
}
