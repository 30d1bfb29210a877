import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../src/formats/json.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { assign } from '../../../src/gitops/render/assign.ts';
import { createKustomizeRenderer } from '../../../src/gitops/render/kustomize.ts';
import type { Renderer } from '../../../src/model/renderer.ts';
import { runProcess } from '../../../src/tools/process.ts';
import { openMirror } from '../../../src/world/git/repository.ts';
import { openSources } from '../../../src/world/sources/open-sources.ts';
import type { Sources } from '../../../src/world/sources/sources.ts';
import { buildOracle } from '../../oracles/build.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { applicationAt, calm, testDependencies, testInputs } from './support.ts';

const identity = selfSigned();
const commit = '0123456789abcdef0123456789abcdef01234567';
const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {a: "0644"}\n`;
const service = '{"apiVersion":"v1","kind":"Service","metadata":{"name":"json"},"spec":{"ports":[{"port":80}]}}';

/** What the server has, by path and query; a text that begins with `/` is where it redirects to. */
const served: Readonly<Record<string, string>> = {
  '/cm.yaml': configMap('one'),
  '/many.yml': `${configMap('first')}---\n${configMap('second')}---\n# nothing\n`,
  '/list.yaml': `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: listed}}\n`,
  '/svc.json': service,
  '/signed.yaml?signature=a%2Fb': configMap('signed'),
  [`/raw/${commit}/cm.yaml`]: configMap('pinned'),
  '/moved.yaml': '/cm.yaml',
  '/not.yaml': '<!DOCTYPE html><p>: [\n',
};

let renderer: Renderer & { close(): Promise<void> };
let sources: Sources;
let server: Server;
let origin = '';
let program = '';
let folder = '';

beforeAll(async () => {
  program = await buildOracle('kustomize');
  folder = await mkdtemp(join(tmpdir(), 'fairlead-files-'));
  await writeFile(join(folder, 'ca.pem'), identity.cert);
  server = createServer({ cert: identity.cert, key: identity.key }, ({ url = '' }, response) => {
    const found = served[url];
    if (found?.startsWith('/') === true) response.writeHead(302, { location: found }).end();
    else response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `https://${host}`;
  sources = openSources({
    reachable: { allow: [host], private: ['127.0.0.1'] },
    hosts: [{ host, username: null, password: null, token: null, ca: identity.cert }],
    cache: { dir: join(folder, 'cache'), maxBytes: 1_000_000 },
    openMirror: (dir, signal) => openMirror({ dir, signal }),
  });
  renderer = createKustomizeRenderer(testDependencies({ fetchFile: (wanted, signal) => sources.file(wanted, signal) }));
}, 20 * 60_000);

afterAll(async () => {
  await Promise.all([renderer.close(), sources.close()]);
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function kustomizeBuild(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(folder, 'case-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const env = { HOME: folder, PATH: '/usr/local/bin:/usr/bin:/bin', SSL_CERT_FILE: join(folder, 'ca.pem') };
  return runProcess({ command: program, args: ['build', join(root, 'a')], env, signal: calm, deadlineMs: 60_000 });
}

const render = (files: Readonly<Record<string, string>>) =>
  renderer.render(applicationAt('a', 'kustomize'), memoryTree(files), testInputs, calm);

describe('a kustomization of files elsewhere renders to what `kustomize build` prints', () => {
  test.each<[string, (at: string) => string, number]>([
    ['one file', (at) => `resources: [${at}/cm.yaml]\nnamePrefix: p-\n`, 1],
    ['several objects', (at) => `resources: [${at}/many.yml]\nnamespace: shop\n`, 1],
    ['a list', (at) => `resources: [${at}/list.yaml]\n`, 1],
    ['JSON', (at) => `resources: [${at}/svc.json]\nlabels: [{pairs: {a: b}}]\n`, 1],
    ['an address with a query', (at) => `resources: ["${at}/signed.yaml?signature=a%2Fb"]\n`, 1],
    ['a file at a commit', (at) => `resources: [${at}/raw/${commit}/cm.yaml]\n`, 0],
    ['where a redirect leads', (at) => `resources: [${at}/moved.yaml]\n`, 1],
    ['the old name of the field', (at) => `bases: [${at}/cm.yaml]\n`, 1],
    ['among files and folders', (at) => `resources: [own.yaml, ${at}/cm.yaml, ../b, ${at}/svc.json]\n`, 2],
    [
      'one that is patched',
      (at) =>
        `resources: [${at}/cm.yaml]\npatches: [{target: {kind: ConfigMap}, patch: '[{"op": "add", "path": "/data/x", "value": "y"}]'}]\n`,
      1,
    ],
    ['in a folder below', () => 'resources: [../c]\nnameSuffix: -s\n', 1],
  ])('%s', async (_title, kustomization, unpinned) => {
    const files = {
      'a/kustomization.yaml': kustomization(origin),
      'a/own.yaml': configMap('own'),
      'b/kustomization.yaml': 'resources: [cm.yaml]\n',
      'b/cm.yaml': configMap('beside'),
      'c/kustomization.yaml': `resources: [${origin}/cm.yaml]\nnamePrefix: c-\n`,
    };
    const printed = await kustomizeBuild(files);
    if (printed.code !== 0) throw new Error(printed.stderr);

    const rendered = await render(files);

    const expected = assign(decodeManifests({ file: 'out.yaml', bytes: printed.stdout }).resources, testInputs);
    expect(rendered.resources.map(({ object }) => canonicalJson(object))).toEqual(
      expected.map(({ object }) => canonicalJson(object)),
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(rendered.findings.map(({ rule }) => rule)).toEqual(Array.from({ length: unpinned }, () => 'unpinned-base'));
  });
});

describe('where `kustomize build` fails, so does the render, and names the line', () => {
  test.each([
    ['what is not there', '/none.yaml', 'source-missing'],
    ['what is no YAML', '/not.yaml', 'decode-failed'],
  ])('%s', async (_title, path, code) => {
    const files = { 'a/kustomization.yaml': `resources:\n  - ${origin}${path}\n` };

    expect((await kustomizeBuild(files)).code).not.toBe(0);
    await expect(render(files)).rejects.toMatchObject({ code, subject: 'a/kustomization.yaml:2' });
  });
});
