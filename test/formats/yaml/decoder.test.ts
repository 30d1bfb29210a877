import { afterAll, describe, expect, test } from '@jest/globals';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { createDecoder } from '../../../src/formats/yaml/decoder.ts';

const signal = () => new AbortController().signal;
const raw = (file: string, text: string) => ({ file, bytes: Buffer.from(text) });

describe('the decoder', () => {
  const decoder = createDecoder({ workers: 2 });
  afterAll(() => decoder.close());

  test('answers every file in order, and a broken one hides no other', async () => {
    const files = Array.from({ length: 500 }, (_, index) =>
      raw(
        `f${index}`,
        index === 77 ? 'a: [' : `apiVersion: v1\nkind: A\nmetadata: {name: n${index}}\nbig: 9007199254740993\n`,
      ),
    );

    const outcomes = await decoder.decode(files, signal());

    expect(outcomes.map(({ file }) => file)).toEqual(files.map(({ file }) => file));
    const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
    expect(failed.map(({ error }) => [error.code, error.subject])).toEqual([['decode-failed', 'f77:2']]);
    const last = outcomes.at(-1);
    const resource = last?.kind === 'decoded' ? last.decoded.resources[0] : undefined;
    expect(resource?.id.name).toBe('n499');
    expect(resource?.object['big']).toBe(9007199254740993n);
    expect(resource?.lines.get('/big')).toBe(4);
  });

  test('answers what decoding on this thread answers', async () => {
    const texts = [
      'apiVersion: v1\nkind: A\nx: &x {n: 1.5, z: -0, t: "\\0"}\nw: [*x, null]\n"k\\0": {"__proto__": 1}\non: 1\n',
      'a: 9007199254740993\n---\napiVersion: v1\nkind: A\n',
    ];
    const files = texts.map((text, index) => raw(`f${index}`, text));

    const outcomes = await decoder.decode(files, signal());
    const [exact] = await decoder.decode(files.slice(0, 1), signal());

    for (const [index, file] of files.entries()) {
      expect(outcomes[index]).toEqual({ kind: 'decoded', file: file.file, decoded: decodeManifests(file) });
    }
    expect(exact).toEqual(outcomes[0]);
  });

  test('gives equal objects of both sides of a pull as one, whether their files changed or not', async () => {
    const one = 'apiVersion: v1\nkind: A\nmetadata: {name: one}\n';
    const two = 'apiVersion: v1\nkind: A\nmetadata: {name: two}\n';
    const pull = signal();

    const [base, head] = await Promise.all([
      decoder.decode([raw('same', one), raw('changed', `${one}---\n${two}`)], pull),
      decoder.decode([raw('same', one), raw('changed', `${two}---\n${one}`)], pull),
    ]);

    const objects = [...base, ...head].flatMap((outcome) =>
      outcome.kind === 'decoded' ? outcome.decoded.resources.map(({ object }) => object) : [],
    );
    expect(objects).toHaveLength(6);
    expect(new Set(objects).size).toBe(2);
  });

  test('does not let one caller wait for what another gave up', async () => {
    const files = [raw('shared', 'apiVersion: v1\nkind: A\nmetadata: {name: shared}\n')];
    const given = new AbortController();
    const first = decoder.decode(files, given.signal);
    const second = decoder.decode(files, signal());

    given.abort(new Error('given up'));

    await expect(first).rejects.toThrow('given up');
    expect((await second).map(({ kind }) => kind)).toEqual(['decoded']);
  });

  test('refuses a huge file without sending it', async () => {
    const huge = { file: 'huge', bytes: new Uint8Array(64 * 1024 * 1024) };

    const outcomes = await decoder.decode([raw('a', 'a: 1'), huge], signal());

    expect(outcomes.map(({ kind }) => kind)).toEqual(['decoded', 'failed']);
  });

  test('leaves the bytes it was given alone', async () => {
    const file = raw('a', 'apiVersion: v1\nkind: A\n');

    await decoder.decode([file], signal());

    expect(file.bytes.toString()).toBe('apiVersion: v1\nkind: A\n');
  });

  test('gives up when the signal says so', async () => {
    const controller = new AbortController();
    const reading = decoder.decode([raw('a', 'a: 1')], controller.signal);
    controller.abort(new Error('enough'));

    await expect(reading).rejects.toThrow('enough');
  });
});

test('a file that takes too long fails alone', async () => {
  const decoder = createDecoder({ workers: 1, deadlineMs: 300, limits: { nodes: 50_000_000, bytes: 50_000_000 } });
  const slow = raw('slow', `[${'a,'.repeat(10_000_000)}]`);

  const outcomes = await decoder.decode([raw('a', 'a: 1'), slow, raw('b', 'b: 1')], signal());
  await decoder.close();

  expect(outcomes.map(({ file, kind }) => [file, kind])).toEqual([
    ['a', 'decoded'],
    ['slow', 'failed'],
    ['b', 'decoded'],
  ]);
});
