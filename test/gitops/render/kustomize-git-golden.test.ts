import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../src/formats/json.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { assign } from '../../../src/gitops/render/assign.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { runProcess } from '../../../src/tools/process.ts';
import type { FetchGit } from '../../../src/world/sources/fetchers.ts';
import { type ServedRepository, serveRepository } from '../../engines/argocd/git-server.ts';
import { buildOracle } from '../../oracles/build.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: b}\n`;
const patch =
  'patches:\n  - target: {kind: ConfigMap}\n    patch: |\n      - {op: add, path: /data/patched, value: "yes"}\n';

const renderer = createKustomizeRenderer(testDependencies({ fetchGit: fetchServed }));
let repository: ServedRepository;
let program = '';
let folder = '';
const commits = { first: '' };

beforeAll(async () => {
  program = await buildOracle('kustomize');
  folder = await mkdtemp(join(tmpdir(), 'fairlead-bases-'));
  repository = await serveRepository();
  const files = {
    'deploy/base/kustomization.yaml':
      'resources: [cm.yaml, ../shared]\nconfigMapGenerator: [{name: made, files: [text.txt]}]\n',
    'deploy/base/text.txt': 'text\n',
    'deploy/base/cm.yaml': configMap('based'),
    'deploy/shared/kustomization.yaml': 'resources: [cm.yaml]\nnameSuffix: -s\n',
    'deploy/shared/cm.yaml': configMap('shared'),
    'deploy/part/kustomization.yaml':
      'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nnameSuffix: -part\n',
    'kustomization.yaml': 'resources: [deploy/base]\nnamePrefix: root-\n',
  };
  commits.first = repository.commit(files);
  repository.git('tag', 'v1.0.0');
  repository.commit({
    'deploy/base/cm.yaml': configMap('later'),
    'deploy/again/kustomization.yaml': `resources: ["${repository.url}//deploy/base?ref=v1.0.0"]\nnamePrefix: again-\n`,
  });
}, 20 * 60_000);

afterAll(async () => {
  await Promise.all([renderer.close(), repository.close(), rm(folder, { recursive: true })]);
});

/** Reads a commit of the served repository. */
async function fetchServed({ url, revision }: Parameters<FetchGit>[0]): ReturnType<FetchGit> {
  expect(url).toBe(repository.url);
  const resolved = repository.git('rev-parse', `${revision || 'HEAD'}^{commit}`);
  const names = repository.git('ls-tree', '-r', '--name-only', resolved).split('\n');
  const files = names.map((name) => [name, `${repository.git('show', `${resolved}:${name}`)}\n`] as const);
  return { tree: memoryTree(Object.fromEntries(files)), resolved, isPinned: /^v|^[0-9a-f]{40}$/.test(revision) };
}

async function kustomizeBuild(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(folder, 'case-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const env = { HOME: folder, PATH: '/usr/local/bin:/usr/bin:/bin' };
  const args = ['build', join(root, 'a')];
  return runProcess({ command: program, args, env, signal: calm, deadlineMs: 60_000 });
}

describe('a kustomization of remote bases renders to what `kustomize build` prints', () => {
  test.each([
    ['a folder at a tag', (url: string) => `resources: ["${url}//deploy/base?ref=v1.0.0"]\nnamePrefix: p-\n`, 0],
    ['a folder at a commit', (url: string) => `resources: ["${url}//deploy/base?ref=${commits.first}"]\n${patch}`, 0],
    ['a folder at a branch', (url: string) => `resources: ["${url}/deploy/base?ref=main"]\n`, 1],
    ['the default branch', (url: string) => `resources: ["${url}//deploy/shared"]\n`, 1],
    ['the root of the repository', (url: string) => `resources: ["${url}?ref=v1.0.0"]\n`, 0],
    ['the old names of field and parameter', (url: string) => `bases: ["${url}//deploy/base?version=v1.0.0"]\n`, 0],
    ['a base that names another', (url: string) => `resources: ["${url}//deploy/again?ref=main"]\n${patch}`, 1],
    [
      'a base, a component and a file',
      (url: string) =>
        `resources:\n  - own.yaml\n  - ${url}//deploy/part/../base?ref=v1.0.0\ncomponents: ["git::${url}//deploy/part?ref=v1.0.0"]\nnamespace: shop\n`,
      0,
    ],
  ])('%s', async (_title, kustomization, unpinned) => {
    const files = { 'a/kustomization.yaml': kustomization(repository.url), 'a/own.yaml': configMap('own') };
    const printed = await kustomizeBuild(files);
    if (printed.code !== 0) throw new Error(printed.stderr);

    const rendered = await renderer.render(applicationAt('a', 'kustomize'), memoryTree(files), testInputs, calm);

    const expected = assign(decodeManifests({ file: 'out.yaml', bytes: printed.stdout }).resources, testInputs);
    expect(rendered.resources.map(({ object }) => canonicalJson(object))).toEqual(
      expected.map(({ object }) => canonicalJson(object)),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(rendered.findings.map(({ rule }) => rule)).toEqual(Array.from({ length: unpinned }, () => 'unpinned-base'));
  });
});
