import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringifyJson } from '../../../src/formats/json.ts';
import { decodeManifests, decodeYaml } from '../../../src/formats/yaml/decode.ts';
import { toYaml } from '../../../src/formats/yaml/write.ts';
import { FairleadError } from '../../../src/model/error.ts';
import type { Json } from '../../../src/model/json.ts';
import { formatPointer } from '../../../src/model/path.ts';
import { lineOf } from '../../../src/model/resource.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const decode = (text: string) => decodeManifests({ file: 'a.yaml', bytes: bytes(text) });
const value = (text: string) => decodeYaml({ file: 'a.yaml', bytes: bytes(text) })[0]?.value;

const deployment = `# remark
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
        - name: web
          image: "nginx"
          args: [a,
            b]
        -
          name: other
`;

describe('resources', () => {
  test('know their identity, file and the line of every path', () => {
    const [web] = decode(deployment).resources;

    expect(web?.id).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' });
    expect(web?.source).toEqual({ file: 'a.yaml', line: 2 });
    expect(Object.fromEntries(web?.lines ?? [])).toEqual({
      '': 2,
      '/apiVersion': 2,
      '/kind': 3,
      '/metadata': 4,
      '/metadata/name': 5,
      '/metadata/namespace': 6,
      '/spec': 7,
      '/spec/template': 8,
      '/spec/template/spec': 9,
      '/spec/template/spec/containers': 10,
      '/spec/template/spec/containers/0': 11,
      '/spec/template/spec/containers/0/name': 11,
      '/spec/template/spec/containers/0/image': 12,
      '/spec/template/spec/containers/0/args': 13,
      '/spec/template/spec/containers/0/args/0': 13,
      '/spec/template/spec/containers/0/args/1': 14,
      '/spec/template/spec/containers/1': 16,
      '/spec/template/spec/containers/1/name': 16,
    });
  });

  test('of a later document, a list or a file with CRLF keep the lines of the file', () => {
    const list = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n  metadata: {name: a}\n';
    const text = `${deployment}---\r\n\r\n${list}- apiVersion: v1\r\n  kind: B\r\n  metadata:\r\n    name: b\r\n`;

    const [, a, b] = decode(text).resources;

    expect(a?.source).toEqual({ file: 'a.yaml', line: 22 });
    expect(a?.lines.get('/metadata/name')).toBe(24);
    expect(b?.id.kind).toBe('B');
    expect(b?.lines.get('/metadata/name')).toBe(28);
  });

  test('keep lines behind brackets whose lines start anywhere', () => {
    const text = 'apiVersion: v1\nkind: A\nargs: [\n"a",\n\t"b"\n]\nlast: 1\n';

    const [a] = decode(text).resources;

    expect(a?.object['args']).toEqual(['a', 'b']);
    expect([a?.lines.get('/args/0'), a?.lines.get('/args/1'), a?.lines.get('/last')]).toEqual([4, 5, 7]);
  });

  test('of JSON files have lines too', () => {
    const [a] = decode('{\n\t"apiVersion": "v1",\n\t"kind": "A",\n\t"spec": {\n\t\t"x/y": 1\n\t}\n}').resources;

    expect(a?.lines.get('/spec/x~1y')).toBe(5);
  });

  test('a path inside an alias stands where the alias does', () => {
    const [a] = decode('apiVersion: v1\nkind: A\nv: &x\n  k: 1\nw:\n- *x\n').resources;

    expect(a === undefined ? null : lineOf(a, '/w/0/k')).toBe(6);
  });

  test('without apiVersion or kind are documents of another sort', () => {
    const { resources, other } = decode('a: 1\n---\n- 1\n---\nkind: A\n---\n# nothing\n---\n~\n');

    expect(resources).toEqual([]);
    expect(other.map(({ line, value }) => [line, value])).toEqual([
      [1, { a: 1 }],
      [3, [1]],
      [5, { kind: 'A' }],
    ]);
  });
});

describe('findings', () => {
  test('name the path of what reads otherwise than it looks, never its value', () => {
    const text = 'apiVersion: v1\nkind: A\nmode: 0644\na: yes\nb: 012345\nc: 12e5\nd: 2024-01-01\ne: true\non: 1\n';

    const { findings } = decode(text);

    expect(findings.map(({ rule, severity, line }) => [rule, severity, line])).toEqual([
      ['ambiguous-scalar', 'note', 4],
      ['ambiguous-scalar', 'note', 5],
      ['ambiguous-scalar', 'note', 6],
      ['ambiguous-scalar', 'note', 9],
    ]);
    expect(findings[1]?.message).toContain('/b ');
    expect(JSON.stringify(findings)).not.toContain('012345');
  });

  test('tell of a key written twice, of which the last one counts', () => {
    const { resources, findings } = decode('apiVersion: v1\nkind: A\nx: 1\nv: &v {z: 1}\nx: 2\nw: {<<: *v, z: 2}\n');

    expect(resources[0]?.object['x']).toBe(2);
    expect(findings.map(({ rule, severity, line }) => [rule, severity, line])).toEqual([
      ['duplicate-key', 'caution', 5],
    ]);
  });

  test('tell of documents that kubectl does not read', () => {
    const { resources, findings } = decode('apiVersion: v1\nkind: A\n...\napiVersion: v1\nkind: B\n');

    expect(resources.map(({ id }) => id.kind)).toEqual(['A']);
    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([['ignored-document', 3]]);
  });
});

describe('values', () => {
  test('survive being written as JSON and as YAML and read again', () => {
    const exactNumber = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((number) => number + 0),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    );
    const odd = fc.string({ unit: fc.constantFrom('\u0085', '\u2028', '\u2029', '\ufeff', '\u007f', '\r', ' ', 'a') });
    const leaf = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      exactNumber,
      fc.string({ unit: 'binary' }),
      fc.string(),
      odd,
    );
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string(), odd), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));

    fc.assert(
      fc.property(tree, (found) => {
        const whole = { v: [found] };
        expect(value(stringifyJson(whole))).toEqual(whole);
        expect(value(stringifyJson(whole, 2))).toEqual(whole);
        expect(value(toYaml(whole))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test('hold the line separators of Unicode that a JSON file may have inside strings, but no YAML file', () => {
    const text = 'a \u2028 b\u2029\u2028\u0085';

    expect(value(`\n{"v": "${text}"}`)).toEqual({ v: text });
    expect(() => value(`v: 1\nw: "${text}"\n`)).toThrow('a.yaml:2: a Unicode line separator stands raw in the file');
  });

  test('of every path have a line', () => {
    const document = fc.dictionary(fc.string(), fc.array(fc.dictionary(fc.string(), fc.integer()), { maxLength: 3 }));

    fc.assert(
      fc.property(document, (found) => {
        const [read] = decodeYaml({ file: 'a.yaml', bytes: bytes(stringifyJson(found, 1)) });
        for (const path of pathsOf(found)) expect(read?.lines.has(formatPointer(path))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('called like parts of an object stay own properties', () => {
    const read = value('{"__proto__": {"polluted": 1}, "constructor": 2}');

    expect(Object.keys(Object(read))).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

test('any bytes are decoded or refused with file and line, and nothing else happens', () => {
  const pieces = fc.constantFrom(
    ...'-:?[]{},&*!|>\'"%@`#~<=\n\t 0aé\\',
    '---\n',
    '...\n',
    '&a ',
    '*a ',
    '<<: ',
    '{{ x }}',
    '\r\n',
  );
  const text = fc.array(pieces, { maxLength: 60 }).map((found) => new TextEncoder().encode(found.join('')));

  fc.assert(
    fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 200 })), (found) => {
      try {
        decodeManifests({ file: 'a.yaml', bytes: found });
      } catch (error) {
        if (!(error instanceof FairleadError)) throw error;
        expect(error.code).toBe('decode-failed');
        expect(error.subject).toMatch(/^a\.yaml:[1-9]\d*$/);
      }
    }),
    { numRuns: 3_000 },
  );
});

function pathsOf(value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}
