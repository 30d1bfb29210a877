import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildModule } from '../../../src/formats/wasm/build-module.ts';
import { compileModule, type Instance, loadInstance } from '../../../src/formats/wasm/instance.ts';

const MEMORY_MB = 64;
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const folder = await mkdtemp(join(tmpdir(), 'fairlead-probe-'));
let module: Awaited<ReturnType<typeof compileModule>>;

function start(seed = 1): Instance {
  return loadInstance(module, { seed, now: NOW, maxMemoryMb: MEMORY_MB });
}

beforeAll(async () => {
  const target = join(folder, 'probe.wasm');
  const sourceDir = join(import.meta.dirname, 'probe');
  const spec = { name: 'probe', sourceDir, target, env: process.env, onProgress: () => undefined };
  await buildModule(spec, new AbortController().signal);
  module = await compileModule(target, MEMORY_MB);
}, 10 * 60_000);
afterAll(() => rm(folder, { recursive: true }));

describe('an instance', () => {
  test('gets the payload byte for byte and gives JSON back', () => {
    const parts = [Buffer.from('first ☺ '), Buffer.from('second')];

    expect(start().call({ op: 'echo' }, parts)).toBe('first ☺ second');
  });

  test('gives JSON as text when asked', () => {
    expect(start().callText({ op: 'echo' }, [Buffer.from('x')])).toBe('"x"');
  });

  test('takes a payload larger than its memory was at the start', () => {
    const large = new Uint8Array(5_000_000).fill(97);

    expect(start().call({ op: 'echo' }, [large])).toHaveLength(5_000_000);
  });

  test('frees what a call needed', () => {
    const instance = start();
    for (let round = 0; round < 5; round++) instance.call({ op: 'echo' }, [Buffer.from('x')]);

    expect(instance.call({ op: 'held' })).toBe(1);
  });

  test('draws random bytes that depend on its seed alone', () => {
    const draws = (seed: number) => {
      const instance = start(seed);
      return [instance.call({ op: 'random' }), instance.call({ op: 'much-random' })];
    };

    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)[0]).not.toBe(draws(8)[0]);
    expect(draws(7)[1]).not.toBe(draws(8)[1]);
  });

  test('starts its random stream anew when told to, for what Go has not read ahead', () => {
    const instance = start(7);
    instance.reseed(5);
    const first = instance.call({ op: 'much-random' });
    const second = instance.call({ op: 'much-random' });
    instance.reseed(5);

    expect(second).not.toBe(first);
    expect(instance.call({ op: 'much-random' })).toBe(first);
    expect(instance.call({ op: 'much-random' }, [], { seed: 5 })).toBe(first);
  });

  test('has a clock that stands where it was put', () => {
    const instance = start();

    expect(instance.call({ op: 'now' })).toBe('2026-01-02T03:04:05.678Z');
    expect(instance.call({ op: 'now' }, [], { seed: 1, now: 0 })).toBe('1970-01-01T00:00:00Z');
  });

  test('does not make anyone wait for its sleep', () => {
    expect(start().call({ op: 'sleep' })).toBe(true);
  });

  test('sees one argument, no environment, no files and no network', () => {
    expect(start().call({ op: 'world' })).toEqual([1, 0, true, true]);
  });

  test('keeps what the module printed until it is taken', () => {
    const instance = start();
    instance.call({ op: 'print' });

    expect(instance.takeOutput()).toBe('a warning\n');
    expect(instance.takeOutput()).toBe('');
  });

  test('is dead after a panic and says why, once and ever after', () => {
    const instance = start();

    expect(() => instance.call({ op: 'panic' })).toThrow(/the probe panics/);
    expect(instance.isDead).toBe(true);
    expect(() => instance.call({ op: 'echo' })).toThrow(expect.objectContaining({ code: 'module-crashed' }));
  });

  test('is dead after an exit', () => {
    const instance = start();

    expect(() => instance.call({ op: 'exit' })).toThrow(expect.objectContaining({ code: 'module-crashed' }));
    expect(instance.isDead).toBe(true);
  });

  test('cannot use more memory than it was granted', () => {
    const instance = start();

    expect(() => instance.call({ op: 'grow' })).toThrow(
      expect.objectContaining({ code: 'module-memory', message: expect.stringContaining('64 MiB') }),
    );
    expect(instance.isDead).toBe(true);
  });
});
