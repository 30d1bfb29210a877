import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../src/formats/json.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { assign } from '../../../src/gitops/render/assign.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import { runProcess } from '../../../src/tools/process.ts';
import { buildOracle } from '../../oracles/build.ts';
import { folderTree } from '../../support/memory-tree.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/kustomize');

/** A case is built at its `prod` folder, and `again` where it has one; else at its own root. */
const cases = readdirSync(fixtures).flatMap((name) => {
  const roots = ['prod', 'again'].filter((root) => existsSync(join(fixtures, name, root)));
  return (roots.length > 0 ? roots : ['']).map((root) => [name, root] as const);
});

async function oracleOutput(program: string, folder: string, flags: readonly string[] = []): Promise<string> {
  const spec = { command: program, args: ['build', ...flags, folder], env: {}, signal: calm, deadlineMs: 30_000 };
  const result = await runProcess(spec);
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout.toString('utf8');
}

describe('a kustomization renders to what `kustomize build` prints', () => {
  const renderer = createKustomizeRenderer(testDependencies());
  let program = '';
  beforeAll(async () => {
    program = await buildOracle('kustomize');
  }, 20 * 60_000);
  afterAll(() => renderer.close());

  test('there are at least 24 cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(24);
  });

  test.each(cases)('%s %s', async (name, root) => {
    const folder = join(fixtures, name);
    const printed = await oracleOutput(program, join(folder, root));

    const rendered = await renderer.render(applicationAt(root, 'kustomize'), folderTree(folder), testInputs, calm);

    const expected = assign(decodeManifests({ file: 'out.yaml', bytes: Buffer.from(printed) }).resources, testInputs);
    expect(rendered.resources.map(({ object }) => canonicalJson(object))).toEqual(
      expected.map(({ object }) => canonicalJson(object)),
    );
    expect(rendered.resources.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    expect(rendered.resources.length).toBeGreaterThan(0);
  });

  test('files of other folders, where the load restrictor is off', async () => {
    const root = await mkdtemp(join(tmpdir(), 'fairlead-restrictor-'));
    await mkdir(join(root, 'prod'));
    await writeFile(join(root, 'shared.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shared}\n');
    await writeFile(join(root, 'prod/kustomization.yaml'), 'resources: [../shared.yaml]\nnamePrefix: p-\n');
    const printed = await oracleOutput(program, join(root, 'prod'), ['--load-restrictor', 'LoadRestrictionsNone']);
    const tree = folderTree(root);
    const application = applicationAt('prod', 'kustomize');
    const kustomize = { inflatesCharts: false, readsOutside: true };

    const rendered = await renderer.render(application, tree, { ...testInputs, kustomize }, calm);
    const refused = renderer.render(application, tree, testInputs, calm);
    await expect(refused).rejects.toMatchObject({
      code: 'render-failed',
      message: expect.stringContaining('security'),
    });
    await rm(root, { recursive: true });

    const expected = assign(decodeManifests({ file: 'out.yaml', bytes: Buffer.from(printed) }).resources, testInputs);
    expect(rendered.resources.map(({ object }) => canonicalJson(object))).toEqual(
      expected.map(({ object }) => canonicalJson(object)),
    );
  });
});
