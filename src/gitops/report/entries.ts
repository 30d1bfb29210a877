import type { Block } from './blocks.ts';
import { type Element, fitElements } from './budget.ts';
import { name } from './compose.ts';

/** A place of a comment that entries stand in, such as a heading with a list, or a fold. */
export interface Section {
  readonly id: string;
  /** UTF-16 code units of the place itself. */
  readonly cost: number;
  /** The place with what is shown in it, in order. */
  readonly wrap: (blocks: readonly Block[]) => Block;
}

/** One thing a comment has to say. */
export interface Entry {
  readonly section: Section;
  readonly element: Omit<Element<Block>, 'group'>;
  /** What it is counted as where it has no room (Markdown), such as `Deployment` in a code span. */
  readonly kind: string;
}

/** What of some entries fits: the sections with something in them, and the entries that are left over. */
export interface Placed {
  readonly blocks: ReadonlyMap<string, Block>;
  readonly rest: readonly Entry[];
  /** Those of which only a part or a line is shown. */
  readonly short: readonly Entry[];
  /** UTF-16 code units that are left. */
  readonly left: number;
}

/** Places entries, gravest first, into so many UTF-16 code units. */
export function place(entries: readonly Entry[], budget: number): Placed {
  const elements = entries.map(({ section, element }) => ({
    ...element,
    group: { id: section.id, cost: section.cost },
  }));
  const { shown, whole, left } = fitElements(elements, budget);
  const places = new Places();
  const [rest, short]: [Entry[], Entry[]] = [[], []];
  for (const [index, entry] of entries.entries()) {
    const block = shown[index] ?? null;
    if (block === null) {
      rest.push(entry);
      continue;
    }
    if (!whole.has(index)) short.push(entry);
    places.add(entry.section, block);
  }
  return { blocks: places.wrapped(), rest, short, left };
}

/** After so many entries in a row that had no room no more are made. */
const mostMisses = 40;

/** Places entries whole or not at all, gravest first, into so many UTF-16 code units. */
export function placeWhole(entries: readonly Entry[], budget: number): Pick<Placed, 'blocks' | 'rest'> {
  const places = new Places();
  const rest: Entry[] = [];
  let left = budget;
  let misses = 0;
  for (const entry of entries) {
    const block = misses < mostMisses ? entry.element.full() : null;
    const cost = block === null ? Number.POSITIVE_INFINITY : block.text.length + 2 + places.costOf(entry.section);
    if (block === null || cost > left) {
      rest.push(entry);
      misses += 1;
      continue;
    }
    places.add(entry.section, block);
    left -= cost;
    misses = 0;
  }
  return { blocks: places.wrapped(), rest };
}

/** What stands in each section so far. */
class Places {
  readonly #open = new Map<string, { readonly section: Section; readonly blocks: Block[] }>();

  /** Of the section itself, where nothing stands in it yet. */
  costOf({ id, cost }: Section): number {
    return this.#open.has(id) ? 0 : cost + 2;
  }

  add(section: Section, block: Block): void {
    const open = this.#open.get(section.id) ?? { section, blocks: [] };
    open.blocks.push(block);
    this.#open.set(section.id, open);
  }

  wrapped(): ReadonlyMap<string, Block> {
    return new Map([...this.#open].map(([id, { section, blocks }]) => [id, section.wrap(blocks)]));
  }
}

/** Most kinds that are named in a count. */
const namedKinds = 10;

/** Longest text of `countedText`, in UTF-16 code units. */
export const countedLimit = 900;

/** What was left out, counted by kind, gravest first, as many kinds as have room; '' for nothing, or where there is no room at all. */
export function countedText(rest: readonly Entry[], room: number): string {
  if (rest.length === 0) return '';
  const kinds = [...Map.groupBy(rest, ({ kind }) => kind)].map(([kind, entries]) => [kind, entries.length] as const);
  for (let named = Math.min(namedKinds, kinds.length); named >= 0; named -= 1) {
    const told = kinds.slice(0, named).map(([kind, number]) => `${number} × ${kind}`);
    const others = kinds.slice(named).reduce((sum, [, number]) => sum + number, 0);
    const list = others === 0 ? told : [...told, `${others} of ${named === 0 ? 'all' : 'other'} kinds`];
    const text = `**Not shown, as the comment is full:** ${list.join(', ')}. \`fairlead review\` prints everything.`;
    if (text.length <= room) return text;
  }
  return '';
}

/** A foreign word as the name of a kind. */
export function kindName(word: string): string {
  return name(word.slice(0, 50).toWellFormed());
}
