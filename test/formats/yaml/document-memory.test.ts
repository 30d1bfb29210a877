import { describe, expect, test } from '@jest/globals';
import { type Decoded, decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { createDocumentMemory } from '../../../src/formats/yaml/document-memory.ts';
import type { DecodeLimits } from '../../../src/formats/yaml/limits.ts';

const first = 'apiVersion: v1\nkind: A\nmetadata: {name: a}\non: 1\n';
const second = 'apiVersion: v1\nkind: A\nmetadata: {name: b}\nx: &x [1, 2]\nz: *x\n';
const bytes = (...documents: readonly string[]) => Buffer.from(documents.join('---\n'));

function reader() {
  const memory = createDocumentMemory(1024 * 1024);
  return (content: Buffer, limits: Partial<DecodeLimits> = {}): Decoded =>
    decodeManifests({ file: 'a.yaml', bytes: content, limits }, memory);
}

describe('documents that were read before', () => {
  test('are the same objects, with lines and remarks of where they stand now', () => {
    const read = reader();
    const before = read(bytes(first));

    const after = read(bytes(second, first));

    expect(after).toEqual(decodeManifests({ file: 'a.yaml', bytes: bytes(second, first) }));
    expect(after.resources[1]?.object).toBe(before.resources[0]?.object);
    expect(after.resources[1]?.lines.get('/metadata')).toBe(9);
    expect(after.findings.map(({ line }) => line)).toEqual([10]);
    expect(before.resources[0]?.lines.get('/metadata')).toBe(3);
  });

  test('cost a file what reading them cost', () => {
    const read = reader();
    read(bytes(second));
    const twice = bytes(second, second);

    for (const limits of [{ nodes: 30 }, { aliases: 1 }]) {
      const refusal = (): Decoded => read(twice, limits);
      const expected = (): Decoded => decodeManifests({ file: 'a.yaml', bytes: twice, limits });
      const [told, meant] = [refusal, expected].map((attempt) => {
        try {
          return attempt();
        } catch (error) {
          return error;
        }
      });
      expect(meant).toBeInstanceOf(Error);
      expect(told).toEqual(meant);
    }
  });

  test('are read anew where they may nest less', () => {
    const read = reader();
    read(bytes(second));

    expect(() => read(bytes(second), { depth: 1 })).toThrow(/nested too deep/);
  });
});
