/** Something that can be shown in full, with its fields or its first words, on one line, or only counted. */
export interface Element<F> {
  /** Only asked for when there may be room: forms can be costly to make. */
  readonly full: () => F;
  /** Left out: there is nothing between full and line. */
  readonly fields?: () => F;
  readonly line: F;
  /** UTF-16 code units that no better form than the line does without; left out: not known. */
  readonly least?: number;
  /** What it stands in, such as a fold; left out: it stands alone. */
  readonly group?: Group;
}

/** What elements stand in. Its own text is paid once, with the first element that is shown in it. */
export interface Group {
  readonly id: string;
  /** UTF-16 code units. */
  readonly cost: number;
}

/** What was chosen for each element, in the order given; null is only counted. */
export interface Fit<F> {
  readonly shown: readonly (F | null)[];
  /** Indexes of those that are shown in full. */
  readonly whole: ReadonlySet<number>;
  /** UTF-16 code units that are left. */
  readonly left: number;
}

/** UTF-16 code units between one element and the next. */
const gap = 2;

/** Less room than this is worth no attempt. */
const smallest = 24;

/** After so many elements in a row whose better forms had no room no more are made: making them costs more than the room is worth. */
const mostMisses = 40;

/**
 * Fits elements into a number of UTF-16 code units: first every element gets its line, in the order given (gravest first),
 * then each is upgraded, to full if that fits, else to its fields. What has no room even for its line is counted, never dropped in
 * silence.
 */
export function fitElements<F extends { readonly text: string }>(
  elements: readonly Element<F>[],
  budget: number,
): Fit<F> {
  const open = new Set<string>();
  let left = budget;
  const lines = elements.map(({ group, line }): F | null => {
    const isOpen = group === undefined || open.has(group.id);
    const cost = line.text.length + gap + (isOpen ? 0 : group.cost + gap);
    if (cost > left) return null;
    if (group !== undefined) open.add(group.id);
    left -= cost;
    return line;
  });
  return upgradeAll(elements, { shown: lines, whole: new Set(), left });
}

function upgradeAll<F extends { readonly text: string }>(elements: readonly Element<F>[], lines: Fit<F>): Fit<F> {
  const shown = [...lines.shown];
  const isWhole: boolean[] = [];
  let { left } = lines;
  let misses = 0;
  for (const [index, element] of elements.entries()) {
    if (left < smallest || misses >= mostMisses) break;
    if (shown[index] === null || !mayFit(element, left)) continue;
    const upgraded = upgrade(element, left);
    const better = upgraded.form ?? element.line;
    misses = upgraded.form === null ? misses + 1 : 0;
    left -= better.text.length - element.line.text.length;
    shown[index] = better;
    isWhole[index] = upgraded.isWhole;
  }
  return { shown, whole: new Set(isWhole.flatMap((whole, index) => (whole ? [index] : []))), left };
}

function mayFit<F extends { readonly text: string }>({ line, least = 0 }: Element<F>, left: number): boolean {
  return least <= line.text.length + left;
}

interface Upgrade<F> {
  /** null: only the line has room. */
  readonly form: F | null;
  readonly isWhole: boolean;
}

function upgrade<F extends { readonly text: string }>(element: Element<F>, left: number): Upgrade<F> {
  const { full, fields, line } = element;
  const room = line.text.length + left;
  const fits = (form: F | undefined): F | null => (form !== undefined && form.text.length <= room ? form : null);
  const whole = fits(full());
  return whole === null ? { form: fits(fields?.()), isWhole: false } : { form: whole, isWhole: true };
}

/** Texts that are shown in full, on one line, or only counted, and how many were only counted. */
export function fitInto(
  elements: readonly { readonly full: string; readonly line: string }[],
  budget: number,
): { readonly shown: readonly (string | null)[]; readonly counted: number } {
  const { shown } = fitElements(
    elements.map(({ full, line }) => ({ full: () => ({ text: full }), line: { text: line } })),
    budget,
  );
  return { shown: shown.map((form) => form?.text ?? null), counted: shown.filter((form) => form === null).length };
}
