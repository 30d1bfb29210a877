import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { setAt } from '../../../src/gitops/adopt/value-at.ts';
import { isJsonList, isJsonObject, type Json } from '../../../src/model/json.ts';
import { formatPath, type Path } from '../../../src/model/path.ts';
import { adopt, applicationOf, objectsOf, textsOf } from './support.ts';

const file = 'web/all.yaml';

/** Comments, quotes of all kinds, flow and block style, odd spaces: what people write. */
const manifest = `# The shop's front.
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}   # flow
data:
    mode:   "fast"    # four spaces
    text: |
        one
        two
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    version: '1.10'
    "quoted key": plain

spec:
  replicas: 3   # peak hours need more

  paused: false
  strategy:
    rollingUpdate: {maxSurge: 1, "maxUnavailable": "25%"}
  template:
    spec:
      containers:
      - name: side
        image: ghcr.io/acme/side:1
      # The one that serves.
      - name: web
        image: ghcr.io/acme/web:1.2   # bumped by the bot
        args: [--port, "8080"]
        env:
        - {name: LEVEL, value: info}
        - name: ALWAYS
          value: "yes"
        ports:
        - containerPort: 8080
          name: http
        resources:
          limits: { cpu: 1, memory: 1Gi }
--- # the last
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
      targetPort: http
`;
const files = { [file]: manifest };
const application = applicationOf('plain', 'web', files);
const objects = objectsOf(file, manifest);
const [settings, deployment, service] = objects;
if (settings === undefined || deployment === undefined || service === undefined) throw new Error('three objects');
const container = 'spec.template.spec.containers[name=web]';

describe('a live value is put between the bytes around it', () => {
  test.each([
    ['a number', deployment, 'spec.replicas', '5', '  replicas: 5   # peak hours need more'],
    ['a boolean', deployment, 'spec.paused', 'true', '  paused: true'],
    [
      'a tag',
      deployment,
      `${container}.image`,
      'ghcr.io/acme/web:1.3',
      '        image: ghcr.io/acme/web:1.3   # bumped by the bot',
    ],
    ['text in double quotes', settings, 'data.mode', 'slow', '    mode:   "slow"    # four spaces'],
    ['text in single quotes', deployment, 'metadata.labels.version', "2.0's", "    version: '2.0''s'"],
    ['text that is a word of YAML', deployment, 'metadata.labels["quoted key"]', 'off', '    "quoted key": "off"'],
    [
      'text that looks like a number',
      deployment,
      `${container}.env[name=LEVEL].value`,
      '007',
      '        - {name: LEVEL, value: "007"}',
    ],
    ['text that stays text', deployment, `${container}.env[name=ALWAYS].value`, 'no', '          value: "no"'],
    [
      'a quantity',
      deployment,
      `${container}.resources.limits.cpu`,
      '1500m',
      '          limits: { cpu: 1500m, memory: 1Gi }',
    ],
    [
      'a percentage',
      deployment,
      'spec.strategy.rollingUpdate.maxSurge',
      '50%',
      '    rollingUpdate: {maxSurge: "50%", "maxUnavailable": "25%"}',
    ],
    [
      'a number for a percentage',
      deployment,
      'spec.strategy.rollingUpdate.maxUnavailable',
      '2',
      '    rollingUpdate: {maxSurge: 1, "maxUnavailable": 2}',
    ],
    [
      'text that only looks like a number to YAML',
      deployment,
      'spec.strategy.rollingUpdate.maxUnavailable',
      '1e3',
      '    rollingUpdate: {maxSurge: 1, "maxUnavailable": "1e3"}',
    ],
    ['an item by its place', deployment, `${container}.args[1]`, '9090', '        args: [--port, "9090"]'],
    [
      'a port by number and protocol',
      service,
      'spec.ports[port=80,protocol=TCP].targetPort',
      '8080',
      '      targetPort: 8080',
    ],
  ])('%s', async (_title, resource, path, live, line) => {
    const texts = textsOf(await adopt(files, application, resource, { [path]: live }));

    const [before, after] = [manifest.split('\n'), String(Object(texts)[file]).split('\n')];
    expect(texts).toEqual({ [file]: expect.any(String) });
    expect(after.filter((row, index) => row !== before[index])).toEqual([line]);
  });

  test('lines of a block stay a block', async () => {
    const texts = textsOf(await adopt(files, application, settings, { 'data.text': 'one\n\nthree: 3' }));

    expect(texts).toEqual({
      [file]: manifest.replace('text: |\n        one\n        two\n', 'text: |-\n        one\n\n        three: 3\n'),
    });
  });

  test('line ends stay those of the file, and several values go into one file', async () => {
    const windows = manifest.replaceAll('\n', '\r\n');

    const texts = textsOf(
      await adopt({ [file]: windows }, application, deployment, { 'spec.replicas': '5', 'spec.paused': 'true' }),
    );

    expect(texts).toEqual({
      [file]: windows.replace('replicas: 3', 'replicas: 5').replace('paused: false', 'paused: true'),
    });
  });

  test('an object in a list of objects', async () => {
    const list = `{"kind": "List", "apiVersion": "v1", "items": [\n{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "1"}}]}\n`;
    const [object] = objectsOf('web/list.json', list);
    if (object === undefined) throw new Error('one object');

    const texts = textsOf(await adopt({ 'web/list.json': list }, application, object, { 'data.x': 'a\n"b"' }));

    expect(texts).toEqual({ 'web/list.json': list.replace('"1"', '"a\\n\\"b\\""') });
  });
});

describe('a field that is gone', () => {
  test('is taken out, and comments, order and quotes of the document stay', async () => {
    const texts = textsOf(await adopt(files, application, deployment, { [`${container}.env[name=ALWAYS]`]: null }));

    expect(Object(texts)[file]).toContain('- {name: LEVEL, value: info}');
    expect(Object(texts)[file]).not.toContain('name: ALWAYS');
    expect(Object(texts)[file]).toContain('      # The one that serves.\n      - name: web');
    expect(Object(texts)[file]).toContain("version: '1.10'");
  });

  test('leaves the other documents as they are, byte for byte', async () => {
    const texts = textsOf(await adopt(files, application, deployment, { 'spec.paused': null }));

    const [before, after] = [manifest, String(Object(texts)[file])].map((text) => text.split(/^---.*\n/m));
    expect(after?.[0]).toBe(before?.[0]);
    expect(after?.[2]).toBe(before?.[2]);
  });
});

describe('nothing is written', () => {
  const secretText = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: b}\n';
  const [secret] = objectsOf(file, secretText);
  test.each([
    ['of a Secret', { resource: secret, path: 'stringData.a', live: 'c' }, /Secret/],
    ['of a hidden value', { path: `${container}.image`, live: '(hidden)' }, /hidden/],
    ['of a hidden value that changed', { path: `${container}.image`, live: '(hidden, changed)' }, /hidden/],
    ['of a list', { path: `${container}.args`, live: '["a"]' }, /single values/],
    ['where Git says nothing', { path: 'spec.minReadySeconds', live: '5' }, /type of the live value/],
    ['of an object that is gone', { path: '', live: null }, /gone as a whole/],
    ['at what is no path', { path: 'spec..x', live: '1' }, /no path/],
    ['for a boolean that is none', { path: 'spec.paused', live: 'maybe' }, /neither/],
  ])(
    '%s',
    async (_title, {
      resource = deployment,
      path,
      live,
    }: { resource?: typeof secret | undefined; path: string; live: string | null }, why) => {
      if (resource === undefined) throw new Error('an object');
      expect(textsOf(await adopt({ ...files }, application, resource, { [path]: live }))).toMatch(why);
    },
  );

  test('when one of several values cannot be', async () => {
    const changes = { 'spec.replicas': '5', [`${container}.args`]: '[]' };

    expect(textsOf(await adopt(files, application, deployment, changes))).toMatch(/single values/);
  });

  test('when an anchor would carry the value further', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: &v one\n  z: *v\n';
    const [object] = objectsOf(file, text);
    if (object === undefined) throw new Error('an object');

    expect(textsOf(await adopt({ [file]: text }, application, object, { 'data.x': 'two' }))).toMatch(/changing more/);
    expect(textsOf(await adopt({ [file]: text }, application, object, { 'data.z': 'two' }))).toEqual({
      [file]: text.replace('*v', 'two'),
    });
  });

  test('for a chart: its values are written by hand', async () => {
    const chart = applicationOf('helm', 'web', files);

    expect(textsOf(await adopt(files, chart, deployment, { 'spec.replicas': '5' }))).toMatch(/Helm chart/);
  });
});

/** Every single value of an object, by the path that names it. */
function leaves(value: Json, path: Path = []): readonly (readonly [Path, Json])[] {
  if (isJsonList(value))
    return value.flatMap((item, index) => {
      const name = isJsonObject(item) ? item['name'] : undefined;
      return leaves(item, [...path, typeof name === 'string' ? { name } : index]);
    });
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]));
  return [[path, value]];
}

const isIdentity = (path: Path): boolean =>
  path.length === 1 ||
  (path[0] === 'metadata' && path.length === 2) ||
  path.at(-1) === 'name' ||
  path.at(-1) === 'port';

/** A number or a name: a number that is live is one. */
const isCount = (path: Path, live: unknown): boolean =>
  /^(?:maxUnavailable|targetPort)$/.test(String(path.at(-1))) && /^(?:0|-?[1-9]\d*)$/.test(String(live));

test('whatever value is adopted, reading the file again gives that value there and nothing else', async () => {
  const places = objects.flatMap((object, index) =>
    leaves(object.object)
      .filter(([path]) => !isIdentity(path))
      .map(([path, git]) => ({ index, path, git })),
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom(
      'yes',
      '0644',
      '1e3',
      '~',
      '',
      ' x',
      'a: b',
      'a #b',
      '- a',
      '&a',
      '*a',
      '2024-01-01',
      '12:30',
      'a\nb\n',
      '\n',
      "'",
      '"',
      '{}',
      '\u2028',
      '%',
      '@a',
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      text,
      fc.integer(),
      fc.boolean(),
      async (place, word, number, flag) => {
        const { index, path, git } = place;
        const live = { string: word.toWellFormed(), number, boolean: flag }[typeof git as 'string'] ?? '';
        const resource = objects[index] ?? deployment;

        const texts = textsOf(await adopt(files, application, resource, { [formatPath(path)]: String(live) }));

        if (String(live).includes('(hidden')) return expect(texts).toMatch(/hidden/);
        const after = objectsOf(file, String(Object(texts)[file])).map(({ object }) => object);
        const wanted = setAt(resource.object, path, isCount(path, live) ? Number(live) : live);
        expect(after).toEqual(objects.map(({ object }) => (object === resource.object ? wanted : object)));
      },
    ),
    { numRuns: 150 },
  );
});
