/** A version as Helm reads it (github.com/Masterminds/semver 3.5, `NewVersion`). */
export interface Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Without its `-`; '' for a release. */
  readonly prerelease: string;
}

const loose =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

const largest = 2n ** 64n;

/** Reads a version; a leading `v` and missing parts are let through, as Helm does. Null for what is none. */
export function parseVersion(text: string): Version | null {
  const match = text.length > 256 ? null : loose.exec(text);
  if (match === null) return null;
  const [major = 0n, minor = 0n, patch = 0n] = match.slice(1, 4).map((part) => BigInt(part ?? 0));
  const prerelease = match[4] ?? '';
  const isValid = [major, minor, patch].every((part) => part < largest) && !/(?:^|\.)0\d+(?:\.|$)/.test(prerelease);
  return isValid ? { major, minor, patch, prerelease } : null;
}

/** Whether a text names exactly one version: all three parts, nothing to choose. */
export function isExactVersion(text: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:[-+]|$)/.test(text) && parseVersion(text) !== null;
}

/** Whether a text is a full version after SemVer 2.0.0, nothing let through but a leading `v`. */
export function isStrictVersion(text: string): boolean {
  return /^v?(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:[-+]|$)/.test(text) && parseVersion(text) !== null;
}

/** Whether a text is written like a version without being one: `1.0.0-01`, or a number too large. */
export function isBrokenVersion(text: string): boolean {
  return loose.test(text) && parseVersion(text) === null;
}

/** Negative, zero or positive, as the first comes before, with or after the second; build metadata does not count. */
export function compareVersions(one: Version, other: Version): number {
  for (const part of ['major', 'minor', 'patch'] as const)
    if (one[part] !== other[part]) return one[part] < other[part] ? -1 : 1;
  return comparePrereleases(one.prerelease, other.prerelease);
}

/** SemVer 2.0.0, clause 11: a release comes after its prereleases; numbers by value and before words. */
function comparePrereleases(one: string, other: string): number {
  if (one === other) return 0;
  if (one === '' || other === '') return one === '' ? 1 : -1;
  const [left, right] = [one.split('.'), other.split('.')];
  for (const [index, part] of left.entries()) {
    const order = compareParts(part, right[index]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareParts(one: string, other: string | undefined): number {
  if (other === undefined) return 1;
  const [isNumber, isOtherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isNumber && isOtherNumber) return Number(BigInt(one) - BigInt(other));
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return one === other ? 0 : one < other ? -1 : 1;
}
