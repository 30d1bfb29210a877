import { COLLECTION_STYLE, EVENT_ID, type Event, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';

/**
 * Offset of the first tab that kubectl refuses though YAML 1.2 allows it; null when there is none. Outside of brackets and quotes no
 * tab may stand before the first token, comment or end of a line, nor between `-` or `?` and what follows; behind an unquoted scalar it
 * may, in columns that would go on with it (go-yaml v2, `yaml_parser_scan_to_next_token` and `yaml_parser_scan_plain_scalar`).
 */
export function refusedTab(text: string, events: readonly Event[]): number | null {
  return text.includes('\t') ? new TabSearch(text).among(events) : null;
}

/** A collection that is open. */
interface Open {
  readonly isFlow: boolean;
  /** Column of the innermost block collection, from 0. */
  readonly column: number;
}

class TabSearch {
  readonly #text: string;
  readonly #open: Open[] = [];
  /** Where the last token ended. */
  #end = 0;
  /** Where that was an unquoted scalar: the column of what it stands in. */
  #plainIn: number | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  among(events: readonly Event[]): number | null {
    for (const event of events) {
      const found = this.#before(event);
      if (found !== null) return found;
    }
    return this.#within(this.#text.length);
  }

  /** A tab before an event or in it, which is then the last. */
  #before(event: Event): number | null {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        return this.#collection(event.start, event.style === COLLECTION_STYLE.FLOW);
      case EVENT_ID.ALIAS:
        return this.#token(event.anchorStart, event.anchorEnd, false);
      case EVENT_ID.POP:
        return this.#close();
      default:
        return null;
    }
  }

  #collection(start: number, isFlow: boolean): number | null {
    const found = this.#token(start, isFlow ? start + 1 : start, false);
    const column = isFlow ? this.#column() : start - (this.#text.lastIndexOf('\n', start - 1) + 1);
    this.#open.push({ isFlow, column });
    return found;
  }

  /** No event says where brackets end: at the first that stands in no comment. */
  #close(): number | null {
    let found: number | null = null;
    if (this.#open.at(-1)?.isFlow === true) {
      closing.lastIndex = this.#end;
      while (closing.exec(this.#text)?.[0].startsWith('#'));
      found = this.#token(closing.lastIndex - 1, closing.lastIndex, false);
    }
    this.#open.pop();
    return found;
  }

  #scalar(event: ScalarEvent): number | null {
    const { anchorStart, anchorEnd, tagStart, tagEnd, valueStart, valueEnd, style } = event;
    const properties = Math.min(...[anchorStart, tagStart].filter((start) => start >= 0));
    const found =
      properties === Number.POSITIVE_INFINITY ? null : this.#token(properties, Math.max(anchorEnd, tagEnd), false);
    if (found !== null || valueStart < 0) return found;
    const isPlain = style === SCALAR_STYLE.PLAIN;
    const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
    return (
      this.#token(valueStart, isQuoted ? valueEnd + 1 : valueEnd, isPlain) ?? (isPlain ? this.#inside(event) : null)
    );
  }

  /** A tab in the lines of an unquoted scalar. */
  #inside({ valueStart, valueEnd, fast }: ScalarEvent): number | null {
    if (fast) return null;
    const [first = '', ...rows] = this.#text.slice(valueStart, valueEnd).split('\n');
    let position = valueStart + first.length + 1;
    for (const row of rows) {
      const column = indentTab(row);
      if (column >= 0 && column <= this.#column()) return position + column;
      position += row.length + 1;
    }
    return null;
  }

  /** A tab in what stands before a token, which is then the last. */
  #token(start: number, end: number, isPlain: boolean): number | null {
    const found = this.#within(start);
    this.#end = end;
    this.#plainIn = isPlain ? this.#column() : null;
    return found;
  }

  /** A tab between the last token and an offset. */
  #within(end: number): number | null {
    let position = this.#end;
    let plainIn = this.#plainIn;
    for (const row of this.#text.slice(position, Math.max(end, position)).split('\n')) {
      const isStart = position === 0 || this.#text[position - 1] === '\n';
      const found = this.#inRow(row, isStart, plainIn);
      if (found !== null) return position + found;
      if (row.trim() !== '') plainIn = null;
      position += row.length + 1;
    }
    return null;
  }

  /** The part of a line that stands between two tokens; `isStart` where the line starts with it. */
  #inRow(row: string, isStart: boolean, plainIn: number | null): number | null {
    const isFlow = this.#open.at(-1)?.isFlow === true;
    const column = isStart ? indentTab(row) : -1;
    if (column >= 0 && (plainIn === null ? !isFlow : column <= plainIn)) return column;
    const indicator = isFlow ? null : (isStart ? /^(?:[^#]*?[ \t])?[-?:] *\t/ : /^(?:[^#]*?[ \t])?[-?] *\t/).exec(row);
    return indicator === null ? null : indicator[0].length - 1;
  }

  #column(): number {
    return this.#open.at(-1)?.column ?? -1;
  }
}

/** Column of the first tab before the text of a line; -1 when there is none. */
function indentTab(row: string): number {
  return (/^ *\t/.exec(row)?.[0].length ?? 0) - 1;
}

const closing = /#.*|[\]}]/g;
