import { describe, expect, test } from '@jest/globals';
import { parseConstraint } from '../../../../src/world/sources/versions/constraint.ts';
import { compareVersions, isExactVersion, parseVersion } from '../../../../src/world/sources/versions/version.ts';
import real from '../../../fixtures/sources/masterminds-semver-3.5.0.json' with { type: 'json' };

/** What the library Helm uses said of each range and version: `1` in the range, `0` not, `improper` no range at all. */
const answers: Readonly<Record<string, string>> = real.constraints;

describe('ranges are read as Helm reads them', () => {
  test('versions that are none are the same', () => {
    expect(real.versions.filter((text) => parseVersion(text) === null).sort()).toEqual([...real.invalid].sort());
  });

  test(`${Object.keys(answers).length} ranges let the same versions through`, () => {
    const ours = Object.keys(answers).map((range) => [range, ourAnswer(range)]);

    expect(Object.fromEntries(ours)).toEqual(answers);
  });

  test.each([
    ['^0 is all of 0', '^0', ['0.0.1', '0.9.9'], ['1.0.0']],
    ['a space is an and', '>=1.0.0 <2.0.0', ['1.5.0'], ['2.0.0', '0.9.0']],
    ['a leading v is nothing', 'v1.2', ['v1.2.3', '1.2.0'], ['1.3.0']],
    ['a prerelease counts where the group names one', '>=1.0.0-0 <2.0.0', ['1.5.0-rc.1', '1.5.0'], ['2.0.0']],
    ['a prerelease does not count elsewhere', '>=1.0.0', ['1.0.0'], ['1.5.0-rc.1']],
    ['nothing is any release', '', ['0.0.1', '9.0.0'], ['9.0.0-rc.1']],
  ])('%s', (_title, range, taken, left) => {
    const isIn = (text: string) => inRange(range, text);

    expect(taken.filter(isIn)).toEqual(taken);
    expect(left.filter(isIn)).toEqual([]);
  });

  test('a range made to run for ever is read at once', () => {
    const begun = performance.now();

    parseConstraint(`${'1 , 1   '.repeat(60)}!`);

    expect(performance.now() - begun).toBeLessThan(100);
  });
});

test.each([
  ['1.2.3', true],
  ['v1.2.3', true],
  ['1.2.3-rc.1+b', true],
  ['1.2', false],
  ['^1.2.3', false],
  ['1.2.x', false],
  ['1.2.3 || 2', false],
  ['latest', false],
  ['', false],
])('%s names one version: %s', (text, expected) => {
  expect(isExactVersion(text)).toBe(expected);
});

test('versions come in the order of SemVer', () => {
  const order = [
    '1.0.0-1',
    '1.0.0-2',
    '1.0.0-10',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-beta',
    '1.0.0',
    '1.0.1',
    '1.10.0',
  ];
  const sorted = [...order].reverse().sort((one, other) => compareVersions(versionOf(one), versionOf(other)));

  expect(sorted).toEqual(order);
});

function versionOf(text: string) {
  return parseVersion(text) ?? { major: 0n, minor: 0n, patch: 0n, prerelease: '' };
}

function inRange(range: string, text: string): boolean {
  return parseConstraint(range)?.(versionOf(text)) === true;
}

function ourAnswer(range: string): string {
  const constraint = parseConstraint(range);
  if (constraint === null) return 'improper';
  const bits = real.versions.map((text) => {
    const version = parseVersion(text);
    return version !== null && constraint(version) ? '1' : '0';
  });
  return bits.join('');
}
