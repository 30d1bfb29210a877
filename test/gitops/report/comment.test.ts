import { describe, expect, test } from '@jest/globals';
import { readTimePattern, reviewComment } from '../../../src/gitops/report/comment.ts';
import type { Review } from '../../../src/model/review.ts';
import { faultsOf } from '../../support/markdown-shape.ts';
import { brokenSettings } from './told.ts';

const options = { limit: 60_000, fileUrl: null };
const small: Review = {
  verdict: 'blocked',
  base: '51ab7d0'.padEnd(40, '0'),
  head: '9f3c2e1'.padEnd(40, '0'),
  targets: [
    {
      id: 'apps/checkout@prod:prod-eu',
      application: 'apps/checkout',
      environment: 'prod',
      cluster: 'prod-eu',
      digest: null,
      error: null,
    },
  ],
  changes: [
    {
      target: 'apps/checkout@prod:prod-eu',
      part: 'pull',
      resource: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' },
      action: 'update',
      paths: [
        { path: ['spec', 'replicas'], before: 2, after: 6, cause: 'git' },
        {
          path: ['spec', 'template', 'metadata', 'annotations', 'injected'],
          before: null,
          after: 'yes',
          cause: 'admission',
        },
      ],
    },
    {
      target: 'apps/checkout@prod:prod-eu',
      part: 'pull',
      resource: { group: '', version: 'v1', kind: 'Service', namespace: 'shop', name: 'legacy' },
      action: 'delete',
      paths: [],
    },
    {
      target: 'apps/checkout@prod:prod-eu',
      part: 'already',
      resource: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'flags' },
      action: 'update',
      paths: [{ path: ['data', 'on'], before: 'false', after: 'true', cause: 'git' }],
    },
  ],
  findings: [
    {
      rule: 'schema-unknown-field',
      severity: 'block',
      target: 'apps/checkout@prod:prod-eu',
      resource: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' },
      file: 'apps/checkout/prod.yaml',
      line: 12,
      message: 'spec.replicaz is not a field of Deployment',
      fix: 'Did you mean "replicas"?',
    },
  ],
  coverage: { applications: 1, rendered: 1, unownedFiles: ['scripts/old.yaml'] },
  clustersRead: ['prod-eu'],
  gitOnly: null,
  helm: ['helm4'],
  inputs: [],
  readAt: '2026-11-22T14:02:11.000Z',
};

describe('a comment', () => {
  test('reads verdict, blockers, table, details, then the footer', () => {
    expect(reviewComment(small, options)).toMatchSnapshot();
  });

  test('says first that no cluster was read', () => {
    const text = reviewComment(
      { ...small, clustersRead: [], gitOnly: 'the pull comes from a fork', readAt: null },
      options,
    );

    expect(text.split('\n\n')[1]).toMatch(/No cluster was read.*fork/);
    expect(text).toContain('| Field | Base | Head |');
  });

  test('differs only in its read time when only that differs', () => {
    const [one, other] = [small, { ...small, readAt: '2026-11-22T15:00:00.000Z' }].map((review) =>
      reviewComment(review, options),
    );

    expect(one).not.toBe(other);
    expect(one?.replace(readTimePattern, '')).toBe(other?.replace(readTimePattern, ''));
  });

  test('says above its footer that newer settings are not in force', () => {
    const text = reviewComment(small, { ...options, problem: brokenSettings });

    expect(text.trimEnd().split('\n\n').at(-2)).toMatch(/^⚠️ \*\*Settings:\*\* the settings of ab12cd3 are not/);
    expect(faultsOf(text, options.limit)).toEqual([]);
  });

  test('says above its footer why there is no check', () => {
    const unreported =
      'GitHub answered 403 to POST /repos/@acme/shop/check-runs; the permission checks=write is missing';
    const text = reviewComment(small, { ...options, unreported });

    const line = text.trimEnd().split('\n\n').at(-2);
    expect(line).toMatch(/^⚠️ \*\*No check:\*\* .*403.*checks=write is missing/);
    expect(faultsOf(text, options.limit)).toEqual([]);
  });

  test('links a finding to its line where the forge has an address', () => {
    const text = reviewComment(small, {
      limit: 60_000,
      fileUrl: (file, line) => `https://forge.example/${file}#L${line}`,
    });

    expect(text).toContain('[`apps/checkout/prod.yaml:12`](https://forge.example/apps/checkout/prod.yaml#L12)');
  });
});
