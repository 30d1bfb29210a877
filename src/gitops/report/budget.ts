/** Something that can be shown in full, on one line, or only counted. */
export interface Element {
  readonly full: string;
  readonly line: string;
}

/** What was chosen for each element, in the order given, and how many were only counted. */
export interface Fit {
  readonly shown: readonly (string | null)[];
  readonly counted: number;
}

/**
 * Fits elements into a number of UTF-16 code units: first every element gets its line, in the order given (gravest first),
 * then each is upgraded to full while it fits. What has no room even for its line is counted, never dropped in silence.
 */
export function fitInto(elements: readonly Element[], budget: number): Fit {
  const shown: (string | null)[] = [];
  let left = budget;
  for (const element of elements) {
    const fits = element.line.length + 1 <= left;
    shown.push(fits ? element.line : null);
    if (fits) left -= element.line.length + 1;
  }
  elements.forEach((element, index) => {
    const extra = element.full.length - element.line.length;
    if (shown[index] === null || extra > left) return;
    shown[index] = element.full;
    left -= extra;
  });
  return { shown, counted: shown.filter((text) => text === null).length };
}
