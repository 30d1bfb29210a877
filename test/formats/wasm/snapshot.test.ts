import { copyFile, cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildModule } from '../../../src/formats/wasm/build-module.ts';
import { type CompiledModule, compileModule, loadInstance } from '../../../src/formats/wasm/instance.ts';
import { keepStarted } from '../../../src/formats/wasm/snapshot.ts';

const maxMemoryMb = 64;
const folder = await mkdtemp(join(tmpdir(), 'fairlead-snapshot-'));
const plain = join(folder, 'plain.wasm');
const kept = join(folder, 'kept.wasm');
const calm = new AbortController().signal;

/** The probe with a `warm` of this body. */
async function sourceWith(warm: string): Promise<string> {
  const sourceDir = await mkdtemp(join(folder, 'source-'));
  await cp(join(import.meta.dirname, 'probe'), sourceDir, { recursive: true });
  await writeFile(join(sourceDir, 'warm.go'), `package main\n\n//go:wasmexport warm\nfunc warm() { ${warm} }\n`);
  return sourceDir;
}

async function build(sourceDir: string, target: string, warmUp?: Parameters<typeof buildModule>[0]['warmUp']) {
  const spec = { name: 'probe', sourceDir, target, warmUp, env: process.env, onProgress: () => undefined };
  await buildModule(spec, calm);
}

function start(module: CompiledModule, seed = 1) {
  return loadInstance(module, { seed, now: 0, maxMemoryMb });
}

beforeAll(async () => {
  await build(join(import.meta.dirname, 'probe'), plain);
  // What `warm` holds is there in every instance, and in none that starts by itself.
  await build(await sourceWith('hold(make([]byte, 1 << 20)); hold([]byte("kept"))'), kept);
}, 10 * 60_000);
afterAll(() => rm(folder, { recursive: true }));

describe('a module that is kept as it has started', () => {
  test('goes on from there in every instance', async () => {
    const module = await compileModule(kept, maxMemoryMb);

    expect(start(await compileModule(plain, maxMemoryMb)).call({ op: 'held' })).toBe(1);
    expect([start(module).call({ op: 'held' }), start(module).call({ op: 'held' })]).toEqual([3, 3]);
  });

  test('answers as one that starts by itself', async () => {
    const instance = start(await compileModule(kept, maxMemoryMb));

    expect(instance.call({ op: 'echo' }, [new Uint8Array(5_000_000).fill(97)])).toHaveLength(5_000_000);
    expect(instance.call({ op: 'sleep' })).toBe(true);
    expect(instance.call({ op: 'now' }, [], { seed: 1, now: 1000 })).toBe('1970-01-01T00:00:01Z');
  });

  test('shares no memory between instances', async () => {
    const module = await compileModule(kept, maxMemoryMb);
    const [one, other] = [start(module), start(module)];

    expect(() => one.call({ op: 'panic' })).toThrow(expect.objectContaining({ code: 'module-crashed' }));
    expect(other.call({ op: 'echo' }, [Buffer.from('alive')])).toBe('alive');
  });

  test('draws random bytes by the seed of its instance', async () => {
    const module = await compileModule(kept, maxMemoryMb);
    const draw = (seed: number) => start(module, seed).call({ op: 'much-random' }, [], { seed });

    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('cannot outgrow its cap', async () => {
    const instance = start(await compileModule(kept, 32));

    expect(() => instance.call({ op: 'grow' })).toThrow(expect.objectContaining({ code: 'module-memory' }));
  });

  test('is left as it is when kept again', async () => {
    const before = await readFile(kept);

    expect(await keepStarted(kept)).toBe(true);
    expect(before.equals(await readFile(kept))).toBe(true);
  });

  test('is refused once another file stands in its place', async () => {
    const path = join(folder, 'replaced.wasm');
    await copyFile(kept, path);
    const module = await compileModule(path, maxMemoryMb);
    await rm(path);
    await copyFile(kept, path);

    expect(() => start(module)).toThrow(expect.objectContaining({ code: 'module-invalid' }));
  });

  test('is refused when its file was cut', async () => {
    const path = join(folder, 'cut.wasm');
    await copyFile(kept, path);
    await truncate(path, (await readFile(path)).length - 1000);

    await expect(compileModule(path, maxMemoryMb)).rejects.toMatchObject({ code: 'module-invalid' });
  });
});

test('a module that does not ask for it is not kept', async () => {
  const before = await readFile(plain);

  expect(await keepStarted(plain)).toBe(false);
  expect(before.equals(await readFile(plain))).toBe(true);
});

test('a module is kept after it answered what it was asked at its build', async () => {
  const target = join(folder, 'asked.wasm');
  const call = { header: { op: 'grown' }, payload: [] };
  const source = await sourceWith('');
  await writeFile(
    join(source, 'main.go'),
    (await readFile(join(source, 'main.go'), 'utf8')).replace(
      'case "held":',
      'case "grown":\n\t\thold([]byte("asked"))\n\t\treturn map[string]bool{"ok": true}\n\tcase "held":',
    ),
  );
  await build(source, target, async () => [call, call]);

  expect(start(await compileModule(target, maxMemoryMb)).call({ op: 'held' })).toBe(3);
});

test.each([
  ['panics at its start', 'panic("no start")', undefined, /probe.*does not start \(panic: no start\)/],
  ['refuses what it is asked', '', [{ header: { op: 'echo' }, payload: [Buffer.from('no')] }], /does not start/],
])('a module that %s is not built', async (_what, warm, calls, message) => {
  const target = join(await mkdtemp(join(folder, 'target-')), 'probe.wasm');

  await expect(build(await sourceWith(warm), target, calls && (async () => calls))).rejects.toMatchObject({
    code: 'module-invalid',
    message: expect.stringMatching(message),
  });
  expect(await readdir(join(target, '..'))).toEqual([]);
});
