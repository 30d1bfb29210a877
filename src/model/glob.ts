/** Whether a path matches a glob: `*` within a segment, `**` any number of segments, none too. Takes no longer than the product of their lengths. */
export function matchesGlob(path: string, glob: string): boolean {
  return matchesWild(segmentsOf(path), segmentsOf(glob), {
    isWild: (segment) => segment === '**',
    isEqual: (segment, pattern) =>
      matchesWild([...segment], [...pattern], {
        isWild: (char) => char === '*',
        isEqual: (char, other) => char === other,
      }),
  });
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

interface Wild {
  readonly isWild: (pattern: string) => boolean;
  readonly isEqual: (item: string, pattern: string) => boolean;
}

/** Compares lists in which wild items stand for any run of items. Follows all positions in the pattern at once: no backtracking. */
function matchesWild(items: readonly string[], pattern: readonly string[], { isWild, isEqual }: Wild): boolean {
  let positions = pastWild([0], pattern, isWild);
  for (const item of items) {
    const next = [...positions].flatMap((at) => {
      const expected = pattern[at];
      if (expected === undefined) return [];
      if (isWild(expected)) return [at];
      return isEqual(item, expected) ? [at + 1] : [];
    });
    positions = pastWild(next, pattern, isWild);
  }
  return positions.has(pattern.length);
}

/** The positions, and those behind wild items that stand for nothing. */
function pastWild(from: readonly number[], pattern: readonly string[], isWild: Wild['isWild']): ReadonlySet<number> {
  const positions = new Set<number>();
  for (let at of from) {
    positions.add(at);
    for (; isWild(pattern[at] ?? ''); at += 1) positions.add(at + 1);
  }
  return positions;
}
