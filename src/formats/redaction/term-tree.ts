/** A text of fewer UTF-16 units cannot be added: no value of eight bytes has fewer. */
export const minUnits = 3;

/** Slots of the table of beginnings; a power of two. */
const slots = 2 ** 16;

/** What texts share from one place on, and where they part. */
interface Branch {
  label: string;
  /** Whether a text ends with the label. */
  isEnd: boolean;
  /** By the first unit of their labels. */
  next: Map<number, Branch>;
}

/**
 * A set of texts and the search for those that begin at a place of another text: a radix tree behind a table of beginnings, so that
 * nearly every place costs one look into the table, however many texts there are. The work at one place is bounded by the length of
 * the longest text.
 */
export class TermTree {
  readonly #roots: (Branch | undefined)[] = new Array(slots);
  /** Units of all texts together. */
  size = 0;

  /** Adds a text of at least `minUnits`; false when it is there already. */
  add(text: string): boolean {
    const slot = slotAt(text, 0);
    let branch = this.#roots[slot] ?? { label: '', isEnd: false, next: new Map() };
    this.#roots[slot] = branch;
    let rest = text;
    while (rest !== '') {
      const next = branch.next.get(rest.charCodeAt(0));
      if (next === undefined) {
        branch.next.set(rest.charCodeAt(0), { label: rest, isEnd: true, next: new Map() });
        this.size += text.length;
        return true;
      }
      const shared = sharedLength(next.label, rest);
      if (shared < next.label.length) split(next, shared);
      branch = next;
      rest = rest.slice(shared);
    }
    if (branch.isEnd) return false;
    branch.isEnd = true;
    this.size += text.length;
    return true;
  }

  /** The length of the longest text that begins at this place; 0 for none. */
  lengthAt(text: string, at: number): number {
    const root = this.#roots[slotAt(text, at)];
    if (root === undefined) return 0;
    let longest = 0;
    let place = at;
    for (let branch = root.next.get(text.charCodeAt(at)); branch !== undefined; ) {
      if (!text.startsWith(branch.label, place)) return longest;
      place += branch.label.length;
      if (branch.isEnd) longest = place - at;
      branch = branch.next.get(text.charCodeAt(place));
    }
    return longest;
  }
}

function slotAt(text: string, at: number): number {
  const [one, two, three] = [text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2)];
  return (Math.imul(Math.imul(one, 509) + two, 509) + three) & (slots - 1);
}

function sharedLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  for (let index = 0; index < most; index += 1) {
    if (one.charCodeAt(index) !== other.charCodeAt(index)) return index;
  }
  return most;
}

function split(branch: Branch, at: number): void {
  const { label, isEnd, next } = branch;
  const rest: Branch = { label: label.slice(at), isEnd, next };
  branch.label = label.slice(0, at);
  branch.isEnd = false;
  branch.next = new Map([[rest.label.charCodeAt(0), rest]]);
}
