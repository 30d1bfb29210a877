import { describe, expect, test } from '@jest/globals';
import { capMemory, capRoom } from '../../../src/formats/wasm/memory-cap.ts';

const preamble = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** An empty type section, one memory of 2 pages without a maximum, exported as `m`. */
const memory = [...preamble, 1, 1, 0, 5, 3, 1, 0, 2, 7, 5, 1, 1, 0x6d, 2, 0];

async function exportedMemory(binary: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Memory> {
  const instance = new WebAssembly.Instance(await WebAssembly.compile(binary), {});
  return instance.exports['m'] as WebAssembly.Memory;
}

describe('a capped module', () => {
  test('grows up to the cap and not a page further', async () => {
    const capped = await exportedMemory(capMemory(Uint8Array.from(memory), 1));

    expect(capped.buffer.byteLength).toBe(2 * 65_536);
    capped.grow(14);
    expect(capped.buffer.byteLength).toBe(1024 * 1024);
    expect(() => capped.grow(1)).toThrow(RangeError);
  });

  test('takes caps whose page count needs several bytes', async () => {
    const capped = await exportedMemory(capMemory(Uint8Array.from(memory), 512));

    capped.grow(512 * 16 - 2);
    expect(capped.buffer.byteLength).toBe(512 * 1024 * 1024);
    expect(() => capped.grow(1)).toThrow(RangeError);
  });

  test('is the same with room before it, and is changed where it is', async () => {
    const bytes = new Uint8Array(new ArrayBuffer(capRoom + memory.length), capRoom);
    bytes.set(memory);

    const inPlace = capMemory(bytes, 512);

    expect([...inPlace]).toEqual([...capMemory(Uint8Array.from(memory), 512)]);
    expect(inPlace.buffer).toBe(bytes.buffer);
    expect((await exportedMemory(inPlace)).buffer.byteLength).toBe(2 * 65_536);
  });

  test('gets a lower maximum in place of its own', async () => {
    const own = [...preamble, 5, 4, 1, 1, 2, 60, 7, 5, 1, 1, 0x6d, 2, 0];
    const capped = await exportedMemory(capMemory(Uint8Array.from(own), 1));

    expect(() => capped.grow(15)).toThrow(RangeError);
  });
});

test.each([
  ['declares no memory', preamble],
  ['starts above the cap', [...preamble, 5, 4, 1, 0, 0x80, 0x40]],
  ['is cut short', [...preamble, 5, 0x80]],
])('a module that %s is refused', (_why, binary) => {
  expect(() => capMemory(Uint8Array.from(binary), 1)).toThrow(expect.objectContaining({ code: 'module-invalid' }));
});
