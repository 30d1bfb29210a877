import { describe, expect, test } from '@jest/globals';
import { applyRulings, noRulings, type Rulings } from '../../../src/features/review/rulings.ts';
import type { Finding, Severity } from '../../../src/model/finding.ts';

function finding(severity: Severity, rule = 'image-latest'): Finding {
  return { rule, severity, target: null, resource: null, file: null, line: null, message: 'It is.', fix: null };
}

const rules = (severity: Severity | 'off'): Rulings => ({ ...noRulings, rules: new Map([['image-latest', severity]]) });
const allowed = (reason: string): Rulings => {
  return { ...noRulings, allowed: [{ rule: 'image-latest', by: 'ann', reason }] };
};

const said = (all: readonly Finding[]) => all.map(({ severity, message }) => `${severity}: ${message}`);

describe('findings', () => {
  test.each<readonly [string, Severity, Rulings, readonly string[]]>([
    ['stay as they are without rulings', 'block', noRulings, ['block: It is.']],
    ['get the severity the owner gave', 'note', rules('block'), ['block: It is.']],
    ['that the owner switched off are gone', 'block', rules('off'), []],
    [
      'that a person allowed block no more, and stay in sight',
      'block',
      allowed('ok'),
      ['caution: It is. (allowed by ann: ok)'],
    ],
    ['that a person allowed are one lower', 'caution', allowed(''), ['note: It is. (allowed by ann)']],
    ['that are notes need no permit', 'note', allowed('ok'), ['note: It is.']],
    [
      'that a person allowed are one lower than the owner says',
      'note',
      { ...allowed('ok'), rules: new Map([['image-latest', 'block']]) },
      ['caution: It is. (allowed by ann: ok)'],
    ],
  ])('%s', (_, severity, rulings, expected) => {
    expect(said(applyRulings([finding(severity)], rulings))).toEqual(expected);
  });

  test('of other rules are not meant', () => {
    expect(said(applyRulings([finding('block', 'other')], allowed('ok')))).toEqual(['block: It is.']);
    expect(said(applyRulings([finding('block', 'other')], rules('off')))).toEqual(['block: It is.']);
  });

  test('about the pull as a whole come first, and are ruled as well', () => {
    const rulings = { ...rules('off'), findings: [finding('block', 'config-broken'), finding('caution')] };

    expect(said(applyRulings([finding('note', 'other')], rulings))).toEqual(['block: It is.', 'note: It is.']);
  });
});
