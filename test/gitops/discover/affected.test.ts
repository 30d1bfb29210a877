import { describe, expect, test } from '@jest/globals';
import { affectedBy } from '../../../src/gitops/discover/affected.ts';
import { unknownOrigin } from '../../../src/model/declare.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { kustomization, manifest } from './repositories.ts';

const { signal } = new AbortController();

type Files = Readonly<Record<string, string>>;

async function pairs(base: Files, head: Files) {
  const paths = [...new Set([...Object.keys(base), ...Object.keys(head)])];
  const changed = paths.filter((path) => base[path] !== head[path]);
  const {
    pairs: found,
    applications: _,
    ...rest
  } = await affectedBy(
    {
      ...{ base: memoryTree(base), head: memoryTree(head), changedFiles: changed },
      ...{ settings: defaultSettings, origin: unknownOrigin },
    },
    signal,
  );
  const names = found.map((pair) => {
    return `${pair.name}@${pair.environment} ${pair.base?.root ?? '-'} -> ${pair.head?.root ?? '-'}`;
  });
  return { ...rest, names };
}

/** No object declares anything here. */
const nothingSaid = { findings: [], incomplete: null };

const web = { 'web/a.yaml': manifest('ConfigMap'), 'web/b.yaml': manifest('Secret') };
const db = { 'db/prod/a.yaml': manifest('ConfigMap') };

describe('the applications of two trees', () => {
  test('are paired and selected by what changed', async () => {
    const found = await pairs({ ...web, ...db }, { ...web, ...db, 'web/a.yaml': manifest('ConfigMap', 'other') });

    expect(found).toEqual({ environments: ['prod'], names: ['web@null web -> web'], unownedFiles: [], ...nothingSaid });
  });

  test('a removed one has no head, an added one no base', async () => {
    const found = await pairs({ ...web }, { ...db });

    expect(found.names).toEqual(['db@prod - -> db/prod', 'web@null web -> -']);
  });

  test('a file that is deleted belongs to the base: it is owned, and selects', async () => {
    const found = await pairs({ ...web }, { 'web/b.yaml': web['web/b.yaml'] });

    expect(found).toEqual({ environments: [], names: ['web@null web -> web'], unownedFiles: [], ...nothingSaid });
  });

  test('a file that leaves a kustomization together with its entry selects it', async () => {
    const found = await pairs(
      { 'web/kustomization.yaml': kustomization('a.yaml', 'b.yaml'), ...web },
      { 'web/kustomization.yaml': kustomization('b.yaml'), 'web/b.yaml': web['web/b.yaml'] },
    );

    expect(found).toEqual({ environments: [], names: ['web@null web -> web'], unownedFiles: [], ...nothingSaid });
  });

  test('a folder that moves and keeps its name and environment stays one application', async () => {
    const found = await pairs(
      { 'web/prod/a.yaml': manifest('Service') },
      { 'web/overlays/prod/a.yaml': manifest('Service') },
    );

    expect(found.names).toEqual(['web@prod web/prod -> web/overlays/prod']);
  });

  test('one whose name changes because another takes it stays one application', async () => {
    const first = { 'web/overlays/prod/kustomization.yaml': kustomization() };
    const second = { 'clusters/prod/web/kustomization.yaml': kustomization() };

    const found = await pairs(first, { ...first, ...second });

    expect(found.names).toEqual(['clusters/prod/web@prod - -> clusters/prod/web']);
  });

  test('a file that becomes part of a kustomization changes owner', async () => {
    const found = await pairs(web, { ...web, 'web/kustomization.yaml': kustomization('a.yaml') });

    expect(found.names).toEqual(['web@null web -> web']);
  });

  test('one that another no longer includes is found, although none of its own files changed', async () => {
    const files = { 'web/kustomization.yaml': kustomization('a.yaml'), 'web/a.yaml': manifest('ConfigMap') };

    const found = await pairs(
      { ...files, 'all/kustomization.yaml': kustomization('../web') },
      { ...files, 'all/kustomization.yaml': kustomization() },
    );

    expect(found.names).toEqual(['all@null all -> all', 'web@null - -> web']);
  });

  test('files that no side owns are told', async () => {
    const found = await pairs({}, { 'values/web.yaml': 'a: 1', 'README.md': '# a' });

    expect(found).toEqual({ environments: [], names: [], unownedFiles: ['values/web.yaml'], ...nothingSaid });
  });

  test('on the branch of an environment those of other branches are left out', async () => {
    const deploy = { on: 'never', engine: 'apply', after: null, approvals: null } as const;
    const more = {
      match: [],
      clusters: [],
      deploy,
      onFailure: { action: 'none' },
      onDrift: { action: 'report' },
    } as const;
    const on = (name: string, branch: string | null) => [name, { name, branch, ...more }] as const;
    const environments = new Map([on('prod', 'live'), on('staging', 'main'), on('dev', null)]);
    const base = ['prod', 'staging', 'dev'].map((name) => [`web/${name}/a.yaml`, manifest('ConfigMap')] as const);
    const head = base.map(([path]) => [path, manifest('ConfigMap', 'other')] as const);
    const reached = async (branch: string) => {
      const { pairs: found } = await affectedBy(
        {
          ...{ base: memoryTree(Object.fromEntries(base)), head: memoryTree(Object.fromEntries(head)) },
          ...{ changedFiles: base.map(([path]) => path), settings: { ...defaultSettings, environments } },
          origin: { own: { urls: ['https://x.example.com/a'], branch, defaultBranch: 'main' } },
        },
        signal,
      );
      return found.map(({ environment }) => environment).sort();
    };

    expect(await reached('live')).toEqual(['prod']);
    expect(await reached('main')).toEqual(['dev', 'staging']);
    expect(await reached('feature')).toEqual(['dev', 'prod', 'staging']);
  });
});
