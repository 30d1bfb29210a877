import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { locateModule, type ModuleOptions } from '../../../src/formats/wasm/locate-module.ts';

const calm = new AbortController().signal;
let folder = '';
let lines: string[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-locate-'));
  lines = [];
  await cp(join(import.meta.dirname, 'probe'), join(folder, 'source/merge'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

function options(changes: Partial<ModuleOptions> = {}): ModuleOptions {
  const usual = {
    cacheDir: join(folder, 'cache'),
    builtDir: null,
    sourceDir: join(folder, 'source'),
    env: process.env,
  };
  return { ...usual, onProgress: (line) => lines.push(line), ...changes };
}

/** A `go` that only states a version. */
async function fakeGo(version: string): Promise<ModuleOptions['env'] & object> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'go'), `#!/bin/sh\necho "go version ${version} linux/amd64"\n`);
  await chmod(join(bin, 'go'), 0o755);
  return { PATH: bin };
}

describe('a module', () => {
  test('is built once, with progress, and found again in the cache', async () => {
    const first = await locateModule('merge', options(), calm);
    const built = await stat(first);
    const second = await locateModule('merge', options(), calm);

    expect(lines).toEqual([expect.stringMatching(/^building merge module/), 'merge module built']);
    expect(second).toBe(first);
    expect((await stat(second)).mtimeMs).toBe(built.mtimeMs);
    expect((await readFile(first)).subarray(0, 4)).toEqual(Buffer.from('\0asm'));
  }, 600_000);

  test('is built once and for all by two that want it at the same time', async () => {
    const [one, other] = await Promise.all([
      locateModule('merge', options(), calm),
      locateModule('merge', options(), calm),
    ]);

    expect(other).toBe(one);
    expect((await readFile(one)).subarray(0, 4)).toEqual(Buffer.from('\0asm'));
  }, 600_000);

  test('has another place when its source changes', async () => {
    const builtFor = async () =>
      (await locateModule('merge', options({ env: await builder() }), calm)).split('/').at(-2);
    const builder = async () => ({ ...(await fakeBuilder()), HOME: folder });
    const before = await builtFor();
    await writeFile(join(folder, 'source/merge/more.go'), 'package main\n');

    expect(await builtFor()).not.toBe(before);
  });

  test('that is there ready made needs no Go', async () => {
    const builtDir = join(folder, 'built');
    await mkdir(builtDir);
    await writeFile(join(builtDir, 'merge.wasm'), '');

    const path = await locateModule('merge', options({ builtDir, env: { PATH: '/nowhere' } }), calm);

    expect(path).toBe(join(builtDir, 'merge.wasm'));
  });

  test('says in one sentence what still works when Go is missing', async () => {
    const located = locateModule('kustomize', options({ env: { PATH: '/nowhere' } }), calm);

    await expect(located).rejects.toMatchObject({
      code: 'module-missing',
      message:
        'The kustomize module is not built and Go was not found; plain manifests and Helm charts are still reviewed.',
    });
  });

  test('says so when Go is too old', async () => {
    const located = locateModule('merge', options({ env: await fakeGo('go1.25.9') }), calm);

    await expect(located).rejects.toMatchObject({
      code: 'module-missing',
      message: expect.stringContaining('Go 1.25 is too old'),
    });
  });

  test('shows what Go says when the build fails, and leaves no file behind', async () => {
    await writeFile(join(folder, 'source/merge/main.go'), 'package main\nfunc main() { undefinedName() }\n');

    await expect(locateModule('merge', options(), calm)).rejects.toMatchObject({
      code: 'module-build-failed',
      message: expect.stringContaining('undefined: undefinedName'),
    });
    await expect(locateModule('merge', options(), calm)).rejects.toMatchObject({ code: 'module-build-failed' });
  }, 600_000);
});

/** A `go` that states a good version and writes an empty module where it is told to build. */
async function fakeBuilder(): Promise<ModuleOptions['env'] & object> {
  const env = await fakeGo('go1.26.8');
  const script =
    '#!/bin/sh\nif [ "$1" = version ]; then echo "go version go1.26.8 linux/amd64"; exit; fi\nprintf "\\\\0asm\\\\1\\\\0\\\\0\\\\0" > "$5"\n';
  await writeFile(join(folder, 'bin/go'), script);
  return env;
}
