import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDecoder } from '../../../src/gitops/render/decoder.ts';
import { createHelmRenderer } from '../../../src/gitops/render/helm.ts';
import { templateRequest } from '../../../src/gitops/render/helm-request.ts';
import { createHelmRun } from '../../../src/gitops/render/helm-run.ts';
import type { Rendered, RenderInputs } from '../../../src/model/renderer.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { chart, chartFiles, configMap, type Files, packFiles } from './helm-charts.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const decoder = createDecoder(30_000);
const renderer = createHelmRenderer(testDependencies(), decoder);
let tree: Tree;

beforeAll(async () => {
  tree = memoryTree(await chartFiles());
});

afterAll(() => Promise.all([renderer.close(), decoder.close()]));

function render(root: string, inputs: Partial<RenderInputs> = {}, from: Tree = tree): Promise<Rendered> {
  return renderer.render(applicationAt(root, 'helm'), from, { ...testInputs, ...inputs }, calm);
}

const pointers = ({ resources }: Rendered) =>
  Object.fromEntries(resources.map(({ id, random }) => [id.name, [...random].sort()]));

test('random values, times and map orders are marked by their paths, nothing else is', async () => {
  expect(pointers(await render('random'))).toEqual({
    passwords: ['/stringData/alpha', '/stringData/bytes', '/stringData/crypt', '/stringData/uuid'],
    clock: ['/data/late', '/data/order', '/metadata/annotations/rolled'],
  });
});

test('a random name and certificates are marked, and the objects still meet their partners', async () => {
  const rendered = await render('random-state');

  expect(rendered.resources.map(({ random }) => random)).toEqual([
    ['/stringData/tls.crt', '/stringData/tls.key'],
    ['/data/text'],
    ['/metadata/name'],
  ]);
});

test('a chart without randomness has no marks', async () => {
  const { resources } = await render('words');

  expect(resources.flatMap(({ random }) => random)).toEqual([]);
});

test('the same random numbers come whatever was rendered before', async () => {
  const objects = ({ resources }: Rendered) => resources.map(({ object }) => object);
  const other = createHelmRenderer(testDependencies(), decoder);
  const [random, state] = [
    await other.render(applicationAt('random', 'helm'), tree, testInputs, calm),
    await render('random-state'),
  ];
  await render('web', { set: ['replicas=9'] });

  const again = createHelmRenderer(testDependencies(), decoder);
  await again.render(applicationAt('shop', 'helm'), tree, testInputs, calm);
  await again.render(applicationAt('words', 'helm'), tree, testInputs, calm);
  const randomAgain = await again.render(applicationAt('random', 'helm'), tree, testInputs, calm);
  const stateAgain = await again.render(applicationAt('random-state', 'helm'), tree, testInputs, calm);
  await Promise.all([other.close(), again.close()]);

  expect(objects(randomAgain)).toEqual(objects(random));
  expect(objects(stateAgain)).toEqual(objects(state));
});

test.each([
  [
    'a function in a values file that tpl runs',
    { 'c/values.yaml': 'v: "{{ randAlphaNum 9 }}"\n', 'c/templates/x.yaml': configMap('{{ tpl .Values.v . }}') },
  ],
  [
    'a function in a file that tpl runs',
    { 'c/f.txt': '{{ uuidv4 }}', 'c/templates/x.yaml': configMap('{{ tpl (.Files.Get "f.txt") . }}') },
  ],
  [
    'a template put together from pieces',
    {
      'c/values.yaml': 'f: now\n',
      'c/templates/x.yaml': configMap('{{ tpl (print "{{ " .Values.f " | unixEpoch }}") . | quote }}'),
    },
  ],
  [
    'a subchart that is an archive',
    {
      'c/charts/s.tgz': packFiles({
        's/Chart.yaml': Buffer.from('apiVersion: v2\nname: s\nversion: 1.0.0\n'),
        's/templates/x.yaml': Buffer.from(configMap('{{ randNumeric 9 | quote }}')),
      }),
    },
  ],
  [
    'two files of one base name',
    {
      'c/a/f.txt': 'a',
      'c/b/f.txt': 'b',
      'c/templates/x.yaml': `${configMap('x')}  n: {{ randInt 0 1000000 | quote }}\n  f: {{ (.Files.Glob "*/f.txt").AsConfig | quote }}\n`,
    },
  ],
] satisfies readonly (readonly [string, Files])[])('%s is seen', async (_title, files) => {
  const { resources } = await render('c', {}, chart(files));

  expect(resources.flatMap(({ random }) => random).length).toBeGreaterThan(0);
});

test.each([
  [
    'a variable, fields and strings named like functions',
    '{{ $now := .Values.now }}{{ $values := .Values }}{{ $values.date }}{{ "uuidv4" }}',
    false,
  ],
  ['a call into a variable', '{{ $x := now }}{{ .Values.now }}', true],
])('%s', async (_title, action, isVolatile) => {
  const files = Object.entries({
    'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    'c/values.yaml': 'now: a\ndate: b\n',
    'c/templates/x.yaml': `# now\n{{/* uuidv4 */}}${configMap(`x${action}`)}`,
  }).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) }));
  const run = createHelmRun(testDependencies());
  const request = templateRequest({ root: 'c', valuesFiles: [], local: [] }, testInputs);

  const pair = await run.render({ request, files }, calm);
  await run.close();

  expect(pair).toMatchObject({ ok: true });
  expect(pair.ok && pair.second !== null).toBe(isVolatile);
});
