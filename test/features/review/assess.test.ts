import { describe, expect, test } from '@jest/globals';
import { assess, type Evidence } from '../../../src/features/review/assess.ts';
import type { Change } from '../../../src/model/change.ts';
import type { Finding, Severity } from '../../../src/model/finding.ts';
import type { Json } from '../../../src/model/json.ts';
import type { Path } from '../../../src/model/path.ts';

const resource = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const image: Path = ['spec', 'template', 'spec', 'containers', { name: 'web' }, 'image'];

function update(path: Path, before: Json, after: Json, part: Change['part'] = 'pull'): Change {
  return { target: 't', part, resource, action: 'update', paths: [{ path, before, after, cause: 'git' }] };
}

function finding(severity: Severity): Finding {
  return { rule: 'r', severity, target: 't', resource: null, file: null, line: null, message: 'm', fix: null };
}

function verdictOf(facts: Partial<Evidence>): string {
  return assess({ targets: [], changes: [], findings: [], incomplete: null, ...facts });
}

describe('assess', () => {
  const broken = { id: 't', application: 'a', environment: null, cluster: null, digest: null, error: 'render failed' };

  test('a blocker outranks an unknown, an unknown outranks a caution', () => {
    expect(verdictOf({ targets: [broken], findings: [finding('block')] })).toBe('blocked');
    expect(verdictOf({ targets: [broken], findings: [finding('caution')] })).toBe('incomplete');
    expect(verdictOf({ incomplete: 'conflict' })).toBe('incomplete');
  });

  test('a caution outranks the changes, a note does not', () => {
    const changes = [update(['spec', 'replicas'], 1, 2)];

    expect(verdictOf({ changes, findings: [finding('caution')] })).toBe('caution');
    expect(verdictOf({ changes, findings: [finding('note')] })).toBe('ready');
  });

  test('what is already different is no change of the pull', () => {
    expect(verdictOf({ changes: [update(['spec', 'replicas'], 1, 2, 'already')] })).toBe('no-change');
  });

  test.each<[string, Path, Json, Json, string]>([
    ['a patch bump of an image', image, 'r/app:1.4.1', 'r/app:1.4.2', 'routine'],
    ['a minor bump behind a registry port', image, 'r:5000/app:v1.4.1', 'r:5000/app:v1.5.0', 'routine'],
    ['a chart label', ['metadata', 'labels', 'helm.sh/chart'], 'app-1.4.0', 'app-1.5.0', 'routine'],
    ['a major bump', image, 'r/app:1.4.1', 'r/app:2.0.0', 'ready'],
    ['a downgrade', image, 'r/app:1.4.2', 'r/app:1.4.1', 'ready'],
    ['another image', image, 'r/app:1.4.1', 'r/other:1.4.2', 'ready'],
    ['a tag that is no version', image, 'r/app:main', 'r/app:1.4.2', 'ready'],
    ['a port is no tag', image, 'r:5000/app', 'r:5001/app', 'ready'],
    ['a field', ['spec', 'replicas'], 1, 2, 'ready'],
  ])('%s is %s', (_title, path, before, after, verdict) => {
    expect(verdictOf({ changes: [update(path, before, after)] })).toBe(verdict);
  });

  test('one other change among bumps is not routine', () => {
    expect(
      verdictOf({
        changes: [update(image, 'a:1.0.0', 'a:1.0.1'), { ...update([], 0, 0), action: 'create', paths: [] }],
      }),
    ).toBe('ready');
  });
});
