import { describe, expect, test } from '@jest/globals';
import { readApplication } from '../../../src/engines/argocd/application.ts';
import { refreshPatch, syncPatch } from '../../../src/engines/argocd/requests.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const work = { deployment: 'D-1', commit: 'c' };
const now = '2026-01-01T00:00:00.000Z';

function app(more: JsonObject = {}) {
  return readApplication({ metadata: { name: 'web' }, spec: { source: { repoURL: 'u', path: 'web' } }, ...more });
}

describe('asking for a comparison', () => {
  test('adds to the annotations there are', () => {
    const patch = refreshPatch(app({ metadata: { name: 'web', annotations: { a: 'b' } } }), 'normal', now);

    expect(patch).toEqual([
      { op: 'add', path: '/metadata/annotations/argocd.argoproj.io~1refresh', value: 'normal' },
      { op: 'add', path: '/metadata/annotations/argocd.argoproj.io~1refresh-timestamp', value: now },
    ]);
  });

  test('makes annotations where there are none', () => {
    const value = { 'argocd.argoproj.io/refresh': 'hard', 'argocd.argoproj.io/refresh-timestamp': now };

    expect(refreshPatch(app(), 'hard', now)).toEqual([{ op: 'add', path: '/metadata/annotations', value }]);
  });
});

describe('starting a sync', () => {
  test('names the commit and the deployment, and takes the state of the last one away in the same write', () => {
    const patch = syncPatch(app({ status: { operationState: { phase: 'Failed' } } }), {
      work,
      sources: [0],
      prune: false,
    });

    expect(patch).toEqual([
      { op: 'add', path: '/metadata/annotations', value: { 'fairlead.dev/deployment': 'D-1' } },
      {
        op: 'add',
        path: '/operation',
        value: {
          initiatedBy: { username: 'fairlead' },
          info: [{ name: 'fairlead.dev/deployment', value: 'D-1' }],
          sync: { revision: 'c', prune: false, syncStrategy: { hook: {} } },
        },
      },
      { op: 'remove', path: '/status/operationState' },
    ]);
  });

  test('keeps the options and retries of the Application, but never retries with a later commit', () => {
    const syncPolicy = { syncOptions: ['ServerSideApply=true'], retry: { limit: 2, refresh: true } };
    const spec = { source: { repoURL: 'u', path: 'web' }, syncPolicy };

    const value = syncPatch(app({ spec }), { work, sources: [0], prune: true }).at(-1)?.['value'];

    expect(value).toMatchObject({ retry: { limit: 2 }, sync: { prune: true, syncOptions: ['ServerSideApply=true'] } });
    expect(JSON.stringify(value)).not.toContain('refresh');
  });

  test('leaves sources of others at what was compared', () => {
    const spec = {
      sources: [
        { repoURL: 'u' },
        { repoURL: 'charts', targetRevision: '1.x' },
        { repoURL: 'new', targetRevision: 'v1' },
      ],
    };
    const status = { sync: { revisions: ['old', '1.2.3'] } };

    const value = syncPatch(app({ spec, status }), { work, sources: [0], prune: false }).at(-1)?.['value'];

    expect(value).toMatchObject({ sync: { revisions: ['c', '1.2.3', 'v1'] } });
  });
});
