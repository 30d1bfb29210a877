import { compareVersions, parseVersion, type Version } from './version.ts';

/** Whether a version is in a range. */
export type Constraint = (version: Version) => boolean;

/**
 * Reads a range of versions as Helm does (github.com/Masterminds/semver 3.5): `||` for or, a comma or a space for and, `1.x`, `1 - 2`,
 * `~`, `^` and comparisons. npm's semver reads several of these otherwise: prereleases count here where any part of an and-group names
 * one, `~0.0.0` takes anything above, `>1` means 2 and above. '' is any release. Null for what is no range.
 */
export function parseConstraint(text: string): Constraint | null {
  if (text.length > 512) return null;
  const groups = withoutHyphens(text === '' ? '*' : text).split('||');
  if (groups.length > 32) return null;
  const parsed = groups.map(parseGroup);
  const whole = parsed.filter((group) => group !== null);
  return whole.length < parsed.length ? null : (version) => whole.some((group) => group(version));
}

const written =
  'v?([0-9xX*]+)(\\.[0-9xX*]+)?(\\.[0-9xX*]+)?(-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?';

/** `1 - 2` is `>= 1, <= 2`. */
function withoutHyphens(text: string): string {
  const range = new RegExp(
    `[ \\t\\n\\f\\r]*(${written})[ \\t\\n\\f\\r]+-[ \\t\\n\\f\\r]+(${written})[ \\t\\n\\f\\r]*`,
    'g',
  );
  return text.replace(range, (_whole, ...parts: readonly string[]) => `>= ${parts[0]}, <= ${parts[6]} `);
}

/** One comparison: its operator, and the parts that were left out or written as `x`. */
interface Term {
  readonly operator: string;
  readonly than: Version;
  readonly isDirty: boolean;
  readonly isMinorDirty: boolean;
  readonly isPatchDirty: boolean;
}

/** Comparisons that must all hold. They are read one by one: one expression for all of them could be made to run for ever. */
function parseGroup(text: string): Constraint | null {
  const term = new RegExp(`(>=|=>|<=|=<|!=|~>|=|>|<|~|\\^|)[ \\t\\n\\f\\r]*${written}`, 'y');
  const gap = /[ \t\n\f\r]*,[ \t\n\f\r]*|[ \t\n\f\r]+/y;
  const trimmed = text.replace(/^[ \t\n\f\r]+|[ \t\n\f\r]+$/g, '');
  const terms: Term[] = [];
  for (let at = 0; ; at = gap.lastIndex) {
    term.lastIndex = at;
    const found = termOf(term.exec(trimmed));
    if (found === null) return null;
    terms.push(found);
    if (term.lastIndex === trimmed.length) break;
    gap.lastIndex = term.lastIndex;
    if (gap.exec(trimmed) === null) return null;
  }
  const takesPrereleases = terms.some(({ than }) => than.prerelease !== '');
  return (version) => (version.prerelease === '' || takesPrereleases) && terms.every((each) => holds(version, each));
}

function termOf(match: RegExpExecArray | null): Term | null {
  if (match === null) return null;
  const [, operator = '', major = '', minor = '', patch = '', prerelease = ''] = match;
  const open = [major, minor.slice(1), patch.slice(1)].findIndex((part) => part === '' || /^[xX*]$/.test(part));
  const numbers = [major, minor.slice(1), patch.slice(1)].map((part, index) => (open < 0 || index < open ? part : '0'));
  const than = parseVersion(`${numbers.join('.')}${prerelease}`);
  return than && { operator, than, isDirty: open >= 0, isMinorDirty: open === 1, isPatchDirty: open === 2 };
}

function holds(version: Version, term: Term): boolean {
  const order = compareVersions(version, term.than);
  switch (term.operator) {
    case '>':
      return isGreater(version, term);
    case '>=':
    case '=>':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
    case '=<':
      return isAtMost(version, term);
    case '!=':
      return isOther(version, term);
    case '~':
    case '~>':
      return order >= 0 && isNear(version, term);
    case '^':
      return order >= 0 && isCompatible(version, term);
    default:
      return term.isDirty ? order >= 0 && isNear(version, term) : order === 0;
  }
}

/** `>11` is above all of 11. */
function isGreater(version: Version, { than, isMinorDirty, isPatchDirty }: Term): boolean {
  if (!isMinorDirty && !isPatchDirty) return compareVersions(version, than) > 0;
  if (version.major !== than.major) return version.major > than.major;
  return isPatchDirty && version.minor > than.minor;
}

/** `<=11` is up to all of 11. */
function isAtMost(version: Version, { than, isDirty, isMinorDirty }: Term): boolean {
  if (!isDirty) return compareVersions(version, than) <= 0;
  if (version.major !== than.major) return version.major < than.major;
  return isMinorDirty || version.minor <= than.minor;
}

function isOther(version: Version, { than, isMinorDirty, isPatchDirty }: Term): boolean {
  if (!isMinorDirty && !isPatchDirty) return compareVersions(version, than) !== 0;
  if (version.major !== than.major) return true;
  if (isMinorDirty) return false;
  return version.minor !== than.minor || version.prerelease !== than.prerelease;
}

/** Within the minor version, or the major one where no minor is named. `~0.0.0` and `~*` take everything. */
function isNear(version: Version, { than, isMinorDirty, isPatchDirty }: Term): boolean {
  const isZero = than.major === 0n && than.minor === 0n && than.patch === 0n;
  if (isZero && !isMinorDirty && !isPatchDirty) return true;
  return version.major === than.major && (isMinorDirty || version.minor === than.minor);
}

/** Up to the first number that is not zero. `^*` takes 0.0.0 only, unless all is open. */
function isCompatible(version: Version, { than, isMinorDirty, isPatchDirty }: Term): boolean {
  if (version.major !== than.major) return false;
  if (than.major > 0n || isMinorDirty) return true;
  if (version.minor !== than.minor) return false;
  return than.minor > 0n || isPatchDirty || version.patch === than.patch;
}
