/** Longer words are no slip of the fingers, and comparing them costs their product. */
const longest = 100;

/** Candidates compared with one word. */
const most = 200;

/**
 * The candidate a word most likely stood for: at most a third of its letters differ (a swap of neighbours counts once, the
 * case of letters not at all), else the only one that it begins, or that begins it (`revert`: `revert-pr`). Null when none is
 * near, or the two nearest are equally near.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  if (word.length > longest) return null;
  const known = candidates.slice(0, most).filter((candidate) => candidate !== word && candidate.length <= longest);
  return closest(word, known) ?? onlyOne(known.filter((candidate) => isBeginning(word, candidate)));
}

function closest(word: string, candidates: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const steps = new Map<string, number>();
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const count = stepsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (count <= limit) steps.set(candidate, count);
  }
  const fewest = Math.min(...steps.values());
  return onlyOne([...steps.keys()].filter((candidate) => steps.get(candidate) === fewest));
}

function onlyOne(candidates: readonly string[]): string | null {
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

/** Whether one begins the other; two letters begin too much. */
function isBeginning(word: string, candidate: string): boolean {
  const [one, other] = [word.toLowerCase(), candidate.toLowerCase()];
  return Math.min(one.length, other.length) >= 3 && (one.startsWith(other) || other.startsWith(one));
}

/** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours that lead from one to the other. */
function stepsBetween(one: string, other: string): number {
  const rows: number[][] = [];
  for (let row = 0; row <= one.length; row += 1) {
    rows.push([]);
    for (let column = 0; column <= other.length; column += 1) rows[row]?.push(stepsAt(rows, one, other));
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

/** The next cell of the table that is being filled: how far the beginnings up to it are apart. */
function stepsAt(rows: readonly (readonly number[])[], one: string, other: string): number {
  const row = rows.length - 1;
  const column = rows[row]?.length ?? 0;
  if (row === 0 || column === 0) return row + column;
  const [last, before] = [one[row - 1], one[row - 2]];
  const at = (up: number, left: number): number => rows[row - up]?.[column - left] ?? Number.POSITIVE_INFINITY;
  const isSwapped = last === other[column - 2] && before === other[column - 1];
  const replaced = at(1, 1) + (last === other[column - 1] ? 0 : 1);
  return Math.min(at(1, 0) + 1, at(0, 1) + 1, replaced, isSwapped ? at(2, 2) + 1 : replaced);
}
