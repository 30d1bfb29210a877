/** As many alternatives as a pattern may have. */
export const maxAlternatives = 256;

/** Every way to choose within the braces of a pattern, which may nest; null where they do not close or give too many. */
export function expandBraces(pattern: string): readonly string[] | null {
  const open = findOpen(pattern);
  if (open === -1) return [pattern];
  const parts = splitBraces(pattern, open);
  if (parts === null) return null;
  const choices: string[] = [];
  for (const choice of parts.choices) {
    const expanded = expandBraces(pattern.slice(0, open) + choice + parts.rest);
    if (expanded === null || choices.length + expanded.length > maxAlternatives) return null;
    choices.push(...expanded);
  }
  return choices;
}

function findOpen(text: string): number {
  for (let at = 0; at < text.length; at = next(text, at)) if (text[at] === '{') return at;
  return -1;
}

/** Offset of the next character; what is escaped counts as one. */
function next(text: string, at: number): number {
  return at + (text[at] === '\\' ? 2 : 1);
}

function splitBraces(pattern: string, open: number): { choices: readonly string[]; rest: string } | null {
  const choices: string[] = [];
  let depth = 1;
  let start = open + 1;
  for (let at = start; at < pattern.length; at = next(pattern, at)) {
    depth += depthStep[pattern[at] ?? ''] ?? 0;
    const isBorder = depth === 0 || (depth === 1 && pattern[at] === ',');
    if (!isBorder) continue;
    choices.push(pattern.slice(start, at));
    start = at + 1;
    if (depth === 0) return { choices, rest: pattern.slice(start) };
  }
  return null;
}

const depthStep: Readonly<Record<string, number>> = { '{': 1, '}': -1 };
