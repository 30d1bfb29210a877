import { describe, expect, test } from '@jest/globals';
import { readApplication } from '../../../src/engines/argocd/application.ts';
import { findApplications } from '../../../src/engines/argocd/find-applications.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const url = 'https://github.com/acme/fleet.git';
const server = 'https://prod.example.com:6443';
const cluster = { destinations: [server, 'prod'], isControl: false };
const target = { id: 't', application: 'web', environment: 'prod', cluster: 'prod', digest: null, error: null };
const work = { urls: [url], root: 'apps/web', branch: 'main', target };

interface Sketch {
  readonly source?: JsonObject;
  readonly sources?: readonly JsonObject[];
  readonly destination?: JsonObject;
  readonly annotations?: JsonObject;
}

const source = { repoURL: url, targetRevision: 'main', path: 'apps/web' };

function app(name: string, sketch: Sketch = {}) {
  const { sources, annotations = {}, destination = { server, namespace: 'shop' } } = sketch;
  const from = sources === undefined ? { source: { ...source, ...sketch.source } } : { sources };
  return readApplication({ metadata: { name, namespace: 'argocd', annotations }, spec: { ...from, destination } });
}

function namesOf(apps: ReturnType<typeof app>[], changed: Partial<typeof work> = {}, where = cluster) {
  const found = findApplications(apps, { ...work, ...changed }, where);
  return found.kind === 'found' ? found.apps.map(({ name }) => name) : found.missing;
}

describe('the Application of a target', () => {
  test.each<[string, Sketch]>([
    ['names its folder', {}],
    ['writes the folder with slashes', { source: { path: './apps/web/' } }],
    ['names the branch in full', { source: { targetRevision: 'refs/heads/main' } }],
    ['follows HEAD', { source: { targetRevision: 'HEAD' } }],
    ['gives no revision', { source: { targetRevision: '' } }],
    ['reads a folder above it with all its folders', { source: { path: 'apps', directory: { recurse: true } } }],
    ['is widened to it by a relative path', annotated('clusters/prod', '.;../../apps/web')],
    ['is widened to it by a path of the repository', annotated('clusters/prod', '/apps')],
    ['is widened to it by a pattern', annotated('clusters/prod', '/apps/w*')],
    [
      'takes value files of it',
      {
        sources: [
          { repoURL: 'https://charts.example.com', chart: 'web', helm: { valueFiles: ['$values/apps/web/prod.yaml'] } },
          { repoURL: url, targetRevision: 'main', ref: 'values' },
        ],
      },
    ],
    ['is found by the name of its cluster', { destination: { name: 'prod' } }],
    ['is found by an address with a slash', { destination: { server: `${server}/` } }],
  ])('%s', (_, sketch) => {
    expect(namesOf([app('web', sketch)])).toEqual(['web']);
  });

  test.each<[string, Sketch]>([
    ['another repository', { source: { repoURL: 'https://github.com/acme/other' } }],
    ['another branch', { source: { targetRevision: 'release' } }],
    ['a tag', { source: { targetRevision: 'v1.0.0' } }],
    ['another folder', { source: { path: 'apps/web-two' } }],
    ['a folder that only begins like one above it', { source: { path: 'apps/we', directory: { recurse: true } } }],
    ['a folder above it whose folders are not read', { source: { path: 'apps' } }],
    ['a folder above it whose paths leave it out', annotated('apps', '/apps/api', true)],
    ['another cluster', { destination: { server: 'https://staging.example.com:6443' } }],
    ['the cluster Argo CD runs in', { destination: { server: 'https://kubernetes.default.svc' } }],
  ])('is none of %s', (_, sketch) => {
    expect(namesOf([app('web', sketch)])).toMatch(/^Argo CD has no Application for folder apps\/web of /);
  });

  test('may live in the cluster Argo CD runs in', () => {
    const own = [{ server: 'https://kubernetes.default.svc' }, { name: 'in-cluster' }];
    const apps = own.map((destination, index) => app(`web-${index}`, { destination }));

    expect(namesOf(apps, {}, { ...cluster, isControl: true })).toEqual(['web-0', 'web-1']);
  });

  test('is preferred to one around it', () => {
    const around = app('all', { source: { path: 'apps', directory: { recurse: true } } });

    expect(namesOf([around, app('web')])).toEqual(['web']);
  });

  test('may be several that render alike', () => {
    const other = app('web-two', { destination: { server, namespace: 'two' } });

    expect(namesOf([app('web'), other])).toEqual(['web', 'web-two']);
  });

  test('is that of its environment when several render one folder differently', () => {
    const values = (file: string) => ({ source: { helm: { valueFiles: [file] } } });
    const apps = [app('web-a', values('values-staging.yaml')), app('web-b', values('values-prod.yaml'))];

    expect(namesOf(apps)).toEqual(['web-b']);
  });

  test('is none when it cannot be told which of several it is', () => {
    const values = (file: string) => ({ source: { helm: { valueFiles: [file] } } });

    expect(namesOf([app('blue', values('blue.yaml')), app('green', values('green.yaml'))])).toMatch(
      /^Argo CD has Applications that render folder apps\/web differently \(blue, green\), and it cannot be told which is prod;/,
    );
  });

  test('is told of with what there is when there is none', () => {
    const other = app('web', { source: { targetRevision: 'release' } });

    expect(namesOf([other, app('api', { source: { repoURL: 'https://example.com/x/y', path: 'api' } })])).toBe(
      `Argo CD has no Application for folder apps/web of ${url}, branch main, on ${server}, prod; it has web (apps/web at release on ${server}).`,
    );
  });
});

function annotated(path: string, paths: string, recurse = false): Sketch {
  return {
    source: { path, directory: { recurse } },
    annotations: { 'argocd.argoproj.io/manifest-generate-paths': paths },
  };
}
