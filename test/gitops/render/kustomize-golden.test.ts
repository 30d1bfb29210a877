import { existsSync, readdirSync } from 'node:fs';
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

async function oracleOutput(program: string, folder: string): Promise<string> {
  const spec = { command: program, args: ['build', folder], env: {}, signal: calm, deadlineMs: 30_000 };
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
});
