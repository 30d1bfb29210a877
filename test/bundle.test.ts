import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeBundle, program } from '../bundle/make.ts';
import { expectCalm } from './support/calm.ts';
import { buildingModules, fairlead, modulesBuilt, type RunOptions } from './support/command-line.ts';
import { configMap, pullRepository } from './support/pull-repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-bundle-'));
const bundled = join(folder, program);
const scripts = (end: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => name.slice(0, -end.length));

beforeAll(async () => {
  await modulesBuilt();
  await makeBundle(folder);
}, buildingModules);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function said(args: readonly string[], options: RunOptions = {}) {
  const run = await fairlead(args, options);
  expectCalm(run);
  const { code, stdout, stderr } = run;
  return { code, stdout, stderr };
}

describe('the program as a few scripts', () => {
  const repository = pullRepository(
    {
      'shop/kustomization.yaml': 'resources: [a.yaml, ../plain/b.yaml]\n',
      'shop/a.yaml': configMap('a'),
      'plain/b.yaml': configMap('b', 'note: grüße ⛔ 🚢'),
    },
    { 'shop/a.yaml': configMap('a', 'key: other'), 'plain/b.yaml': configMap('b', 'note: grüße ✅ 🚢') },
  );
  afterAll(() => repository.remove());

  test.each([
    { args: ['version'] },
    { args: ['--help'] },
    { args: ['review', 'main..change', '--format', 'json'] },
    { args: ['review', 'main..change', '--format', 'md'] },
    { args: ['review', 'main..change', '--format', 'html'] },
    { args: ['validate', '--format', 'json'] },
    { args: ['config', 'schema'] },
    { args: ['nonsense'] },
  ])('says of $args what the sources say', async ({ args }) => {
    const cwd = repository.path;

    expect(await said(args, { cwd, program: bundled })).toEqual(await said(args, { cwd }));
  });

  test('has a script for everything that threads and child processes run', () => {
    const sources = resolve(import.meta.dirname, '../src');
    const places = readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name !== join('tools', 'pool.ts'))
      .flatMap((name) => readFileSync(join(sources, name), 'utf8').match(/\bworkerScript\(/g) ?? []);

    expect(scripts('.js')).toHaveLength(places.length + 1);
    expect(scripts('.cjs').toSorted()).toEqual(
      [...scripts('.js').filter((name) => name !== 'main'), 'fairlead', 'launch'].sort(),
    );
  });

  test('starts as well with what it cannot have compiled', async () => {
    for (const name of scripts('.js')) writeFileSync(join(folder, `${name}.cache`), 'something else');
    const cwd = repository.path;
    const args = ['review', 'main..change', '--format', 'json'];

    expect(await said(args, { cwd, program: bundled })).toEqual(await said(args, { cwd }));
  });
});
