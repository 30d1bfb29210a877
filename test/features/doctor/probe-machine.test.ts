import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { modulesProbe } from '../../../src/features/doctor/probe-machine.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-probe-'));
  await mkdir(join(folder, 'built'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the probe says where these modules are ready made, and there is no Go to build others with. */
async function told(...names: readonly string[]) {
  for (const name of names) await writeFile(join(folder, 'built', `${name}.wasm`), '');
  const probe = modulesProbe({
    cacheDir: folder,
    builtDir: join(folder, 'built'),
    sourceDir: resolve(import.meta.dirname, '../../../wasm'),
    onProgress: () => undefined,
    env: { PATH: folder },
  });
  const found = await probe.look(new AbortController().signal);
  return found.map(({ state, says }) => `${state}: ${says}`);
}

describe('the modules', () => {
  test('that reviews run on are all named when they are built', async () => {
    await expect(told('kustomize', 'helm', 'cel', 'merge', 'gotemplate', 'envsubst')).resolves.toEqual([
      'ok: kustomize, helm, cel, merge, gotemplate, envsubst are built',
    ]);
  });

  test('that are not built are named', async () => {
    await expect(told('kustomize', 'helm', 'cel')).resolves.toEqual([
      'warning: merge, gotemplate, envsubst not built yet',
    ]);
  });
});
