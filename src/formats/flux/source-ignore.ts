/** A pattern of one segment, read once for many names. */
export interface Glob {
  readonly text: string;
  /** Null for a bad pattern, which matches nothing. */
  readonly tokens: readonly Token[] | null;
}

/** One line of an ignore file, in the folder it holds for. */
export interface IgnorePattern {
  /** Folders from the root to where the pattern counts from. */
  readonly domain: readonly string[];
  readonly parts: readonly Glob[];
  readonly isInclusion: boolean;
  readonly isFolderOnly: boolean;
  /** Whether it names a path rather than any file or folder of a name. */
  readonly isPath: boolean;
}

/** The ignore file Flux looks for in every folder. */
export const ignoreFileName = '.sourceignore';

/** The patterns of an ignore file's text, by the rules of Flux (fluxcd/pkg sourceignore, a copy of go-git's). */
export function parseIgnore(text: string, folder: string): readonly IgnorePattern[] {
  const domain = folder === '' ? [] : folder.split('/');
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .map((line) => parsePattern(line, domain));
}

/**
 * Whether source-controller leaves a file out of what it serves: by its own patterns first, then those given, of which the last that
 * matches decides.
 */
export function isSourceIgnored(path: string, patterns: readonly IgnorePattern[]): boolean {
  const segments = path.split('/');
  const decisive = [...defaults, ...patterns].findLast((pattern) => matches(pattern, segments));
  return decisive !== undefined && !decisive.isInclusion;
}

function parsePattern(line: string, domain: readonly string[]): IgnorePattern {
  const isInclusion = line.startsWith('!');
  const bare = isInclusion ? line.slice(1) : line;
  const trimmed = bare.endsWith('\\ ') ? bare : bare.replace(/ +$/, '');
  const isFolderOnly = trimmed.endsWith('/');
  const name = isFolderOnly ? trimmed.slice(0, -1) : trimmed;
  return { domain, parts: name.split('/').map(globOf), isInclusion, isFolderOnly, isPath: name.includes('/') };
}

/** sourceignore.go: ExcludeVCS, ExcludeExt, ExcludeCI, ExcludeExtra. */
const defaults: readonly IgnorePattern[] = [
  '.git/,.gitignore,.gitmodules,.gitattributes',
  '*.jpg,*.jpeg,*.gif,*.png,*.wmv,*.flv,*.tar.gz,*.zip',
  '.github/,.circleci/,.travis.yml,.gitlab-ci.yml,appveyor.yml,.drone.yml,cloudbuild.yaml,codeship-services.yml,codeship-steps.yml',
  '**/.goreleaser.yml,**/.sops.yaml,**/.flux.yaml',
].flatMap((list) => list.split(',').map((line) => parsePattern(line, [])));

function matches(pattern: IgnorePattern, path: readonly string[]): boolean {
  const { domain } = pattern;
  if (path.length <= domain.length || domain.some((name, depth) => path[depth] !== name)) return false;
  const inside = path.slice(domain.length);
  return pattern.isPath ? matchesPath(pattern, inside) : matchesName(pattern, inside);
}

function matchesName({ parts: [name], isFolderOnly }: IgnorePattern, path: readonly string[]): boolean {
  const found = path.findIndex((segment) => name !== undefined && fits(name, segment));
  if (found === -1) return false;
  return !isFolderOnly || found < path.length - 1;
}

/** go-git's globMatch, its early ends included: a path is matched from its first folder, `**` skips any number of them. */
function matchesPath({ parts, isFolderOnly }: IgnorePattern, path: readonly string[]): boolean {
  let rest = path;
  let isMatched = false;
  for (const { part, skips } of stepsOf(parts)) {
    const taken = part.text.includes('**') ? 0 : take(part, rest, skips);
    if (taken === 0) return false;
    isMatched = taken !== null;
    rest = rest.slice(taken ?? rest.length);
  }
  return isMatched && !(isFolderOnly && rest.length === 0);
}

/** The parts that name something, and whether any folders may stand before; a `**` at the end says nothing. */
function stepsOf(parts: readonly Glob[]): readonly { readonly part: Glob; readonly skips: boolean }[] {
  return parts.flatMap((part, index) =>
    part.text === '' || part.text === '**' ? [] : [{ part, skips: parts[index - 1]?.text === '**' }],
  );
}

/** How many segments a part uses up; 0 when it cannot match, null when it looked for one to the end in vain. */
function take(part: Glob, path: readonly string[], skips: boolean): number | null {
  if (path.length === 0) return 0;
  if (!skips) return fits(part, path[0] ?? '') ? 1 : 0;
  const found = path.findIndex((segment) => fits(part, segment));
  return found === -1 ? null : found + 1;
}

/** Go's `path.Match` on one segment; a pattern it calls bad matches nothing. In time of the product of both lengths. */
export function matchesGlob(pattern: string, name: string): boolean {
  return fits(globOf(pattern), name);
}

function globOf(text: string): Glob {
  return { text, tokens: parseGlob(text) };
}

function fits({ text, tokens }: Glob, name: string): boolean {
  if (!/[*?[\\]/.test(text)) return text === name;
  return tokens !== null && fitsTokens(tokens, name);
}

function fitsTokens(tokens: readonly Token[], name: string): boolean {
  const characters = [...name];
  let [at, token] = [0, 0];
  let star: { readonly token: number; readonly at: number } | null = null;
  while (at < characters.length) {
    const current = tokens[token];
    if (current === '*') {
      star = { token, at };
      token += 1;
    } else if (current?.(characters[at] ?? '') === true) {
      at += 1;
      token += 1;
    } else if (star === null) {
      return false;
    } else {
      star = { token: star.token, at: star.at + 1 };
      [at, token] = [star.at, star.token + 1];
    }
  }
  return tokens.slice(token).every((left) => left === '*');
}

/** Any characters, or one that passes. */
export type Token = '*' | ((character: string) => boolean);

function parseGlob(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const item =
    /\*|\?|\[(\^?)((?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?(?:(?:\\.|[^\]\\-])(?:-(?:\\.|[^\]\\-]))?)*)\]|\\(.)|([^[\\*?])/suy;
  for (let at = 0; at < pattern.length; at = item.lastIndex) {
    item.lastIndex = at;
    const found = item.exec(pattern);
    if (found === null) return null;
    tokens.push(toToken(found));
  }
  return tokens;
}

function toToken([whole, negation, ranges, escaped, plain]: RegExpExecArray): Token {
  if (whole === '*') return '*';
  if (whole === '?') return () => true;
  if (ranges === undefined) return (character) => character === (escaped ?? plain);
  const pairs = [...ranges.matchAll(/(?:\\(.)|(.))(?:-(?:\\(.)|(.)))?/gsu)].map((pair) => {
    const low = pair[1] ?? pair[2] ?? '';
    return [low, pair[3] ?? pair[4] ?? low] as const;
  });
  const isNegated = negation === '^';
  return (character) => pairs.some(([low, high]) => low <= character && character <= high) !== isNegated;
}
