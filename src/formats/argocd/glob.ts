import { expandBraces, maxAlternatives } from './glob-braces.ts';

/** How a pattern is read. */
export interface GlobSyntax {
  /** Whether `*` and `?` stand for a slash too. */
  readonly crosses: boolean;
  /** Whether a segment `**` stands for any number of folders. */
  readonly hasDoubleStar: boolean;
  /** Whether `{a,b}` is one or the other. */
  readonly hasBraces: boolean;
}

/** Go's `path.Match`: folders of the Git generator. */
export const pathMatch: GlobSyntax = { crosses: false, hasDoubleStar: false, hasBraces: false };
/** Git's pathspec, Argo CD's default for files of the Git generator. */
export const pathspec: GlobSyntax = { crosses: true, hasDoubleStar: false, hasBraces: false };
/** bmatcuk/doublestar, with Argo CD's new globbing of files, and for values files. */
export const doubleStar: GlobSyntax = { crosses: false, hasDoubleStar: true, hasBraces: true };
/** gobwas/glob without separators: `include` and `exclude` of a directory. */
export const anyText: GlobSyntax = { crosses: true, hasDoubleStar: false, hasBraces: true };

/** Tells whether a text matches. */
export type Matcher = (text: string) => boolean;

/**
 * Compiles a pattern; null for one that is malformed or has more than 256 alternatives. Matching follows all positions of the
 * pattern at once and so takes no longer than the product of both lengths, whatever the pattern.
 */
export function compileGlob(pattern: string, syntax: GlobSyntax): Matcher | null {
  const alternatives = syntax.hasBraces ? expandBraces(pattern) : [pattern];
  const spread = syntax.hasDoubleStar ? alternatives?.flatMap(expandDoubleStar) : alternatives;
  if (spread === undefined || spread === null || spread.length > maxAlternatives) return null;
  const parsed = spread.map((one) => parse(one, syntax));
  if (parsed.some((tokens) => tokens === null)) return null;
  return (text) => parsed.some((tokens) => tokens !== null && matches([...text], tokens));
}

interface Token {
  /** Whether it stands for any run of what it takes, none too. */
  readonly repeats: boolean;
  takes(char: string): boolean;
}

function matches(text: readonly string[], tokens: readonly Token[]): boolean {
  let positions = skipRuns([0], tokens);
  for (const char of text) {
    const next = [...positions].flatMap((at) => {
      const token = tokens[at];
      if (token === undefined || !token.takes(char)) return [];
      return [token.repeats ? at : at + 1];
    });
    positions = skipRuns(next, tokens);
  }
  return positions.has(tokens.length);
}

/** The positions, and those behind runs that stand for nothing. */
function skipRuns(from: readonly number[], tokens: readonly Token[]): ReadonlySet<number> {
  const positions = new Set<number>();
  for (let at of from) {
    positions.add(at);
    for (; tokens[at]?.repeats === true; at += 1) positions.add(at + 1);
  }
  return positions;
}

function parse(pattern: string, syntax: GlobSyntax): readonly Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; ) {
    const end = endOfToken(pattern, at);
    if (end === null) return null;
    tokens.push(tokenOf(pattern.slice(at, end), syntax));
    at = end;
  }
  return tokens;
}

function endOfToken(pattern: string, at: number): number | null {
  const char = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
  if (char === '[') return endOfClass(pattern, at);
  if (char !== '\\') return at + char.length;
  return at + 1 < pattern.length ? at + 2 : null;
}

function tokenOf(text: string, { crosses }: GlobSyntax): Token {
  const takes = (char: string) => crosses || char !== '/';
  if (text === everything) return { repeats: true, takes: () => true };
  if (text === '*' || text === '?') return { repeats: text === '*', takes };
  return text.startsWith('[') ? classOf(text.slice(1, -1)) : literal(text.replace(/^\\/, ''));
}

function literal(expected: string): Token {
  return { repeats: false, takes: (char) => char === expected };
}

/** Offset behind the bracket that closes a class. */
function endOfClass(pattern: string, start: number): number | null {
  let at = start + 1;
  if (pattern[at] === '^' || pattern[at] === '!') at += 1;
  for (let isFirst = true; at < pattern.length; isFirst = false) {
    if (pattern[at] === ']' && !isFirst) return at + 1;
    at += pattern[at] === '\\' ? 2 : 1;
  }
  return null;
}

function classOf(body: string): Token {
  const isNegated = body.startsWith('^') || body.startsWith('!');
  const chars = [...(isNegated ? body.slice(1) : body).replace(/\\(.)/g, '$1')];
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const low = chars[at] ?? '';
    const isRange = chars[at + 1] === '-' && at + 2 < chars.length;
    ranges.push([low, isRange ? (chars[at + 2] ?? '') : low]);
    if (isRange) at += 2;
  }
  return {
    repeats: false,
    takes: (char) => ranges.some(([low, high]) => char >= low && char <= high) !== isNegated,
  };
}

/** Stands for `**` in a pattern whose double stars are spread out; no pattern can hold it. */
const everything = '\0';

/** `**` followed by a slash stands for no folder or any folders; at the end for all that is below. */
function expandDoubleStar(pattern: string): readonly string[] {
  const found = /(^|\/)\*\*(\/|$)/.exec(pattern);
  if (found === null) return [pattern];
  const before = pattern.slice(0, found.index) + (found[1] ?? '');
  const after = pattern.slice(found.index + found[0].length);
  if (found[2] === '') return [before + everything, ...(found[1] === '' ? [] : [pattern.slice(0, found.index)])];
  const rest = expandDoubleStar(after);
  return rest.length > maxAlternatives ? rest : rest.flatMap((one) => [before + one, `${before}${everything}/${one}`]);
}
