import { expect, test } from '@jest/globals';
import { sortFindings } from '../../../src/gitops/report/finding-text.ts';
import type { Finding, Severity } from '../../../src/model/finding.ts';

function finding(rule: string, severity: Severity, line: number): Finding {
  const place = { target: 't', resource: null, file: 'a.yaml', line };
  return { rule, severity, ...place, message: 'so it is', fix: null };
}

test('what cannot be undone is read first, then what is grave, then by its place', () => {
  const found = [
    finding('replicas-to-zero', 'caution', 1),
    finding('schema-required', 'block', 2),
    finding('schema-enum', 'block', 1),
    finding('data-loss', 'block', 9),
    finding('mass-delete', 'caution', 8),
    finding('secret-changed', 'note', 1),
  ];

  expect(sortFindings(found).map(({ rule }) => rule)).toEqual([
    'data-loss',
    'schema-enum',
    'schema-required',
    'mass-delete',
    'replicas-to-zero',
    'secret-changed',
  ]);
});
