import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { parseJson, stringifyJson } from '../../../src/formats/json.ts';
import { locateModule } from '../../../src/formats/wasm/locate-module.ts';
import type { Json, JsonObject } from '../../../src/model/json.ts';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../../../src/pretend/api-server/api-server.ts';
import { cacheDir } from '../../control-plane/go-program.ts';

const wasmDir = join(import.meta.dirname, '../../../wasm');

/** The path of the merge module of this checkout, built when the cache lacks it. */
export function mergeModule(): Promise<string> {
  const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
  const options = { cacheDir: cacheDir(), builtDir: null, sourceDir: wasmDir, onProgress, env: process.env };
  return locateModule('merge', options, new AbortController().signal);
}

/** A pretend API server with nothing in it but what is asked for. */
export async function startPretend(changes: Partial<ApiServerOptions> = {}): Promise<ApiServer> {
  return startApiServer({
    mergeModule: await mergeModule(),
    now: Date.now,
    token: null,
    seed: [],
    seedManager: 'fairlead',
    cacheDir: null,
    ...changes,
  });
}

/** One request of a test. A body is sent as JSON. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Received {
  readonly status: number;
  readonly body: JsonObject;
  readonly text: string;
  readonly warnings: readonly string[];
}

/** Sends one raw request, with no client in between. `ca` is for `https` URLs. */
export function send(url: string, sent: Sent, ca?: string): Promise<Received> {
  const text = sent.body === undefined ? '' : stringifyJson(sent.body);
  const type = { 'content-type': sent.type ?? 'application/json', 'content-length': Buffer.byteLength(text) };
  const headers = { ...(sent.body !== undefined && type), ...sent.headers };
  const begin = ca === undefined ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const options = { method: sent.method, headers, timeout: 60_000, ...(ca !== undefined && { ca }) };
    const outgoing = begin(new URL(sent.path, url), options, (answer) => {
      let received = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        received += part;
      });
      const warning = answer.rawHeaders.filter((_, index, all) => all[index - 1]?.toLowerCase() === 'warning');
      answer.on('error', reject).on('end', () => {
        const body = received.startsWith('{') ? (parseJson(received) as JsonObject) : {};
        resolve({ status: answer.statusCode ?? 0, body, text: received, warnings: warning });
      });
    });
    outgoing.on('error', reject).on('timeout', () => outgoing.destroy(new Error('no answer in 60 s')));
    outgoing.end(text);
  });
}

/** A server-side apply. */
export function applying(path: string, body: Json, query = ''): Sent {
  return { method: 'PATCH', path: `${path}?fieldManager=tester${query}`, body, type: 'application/apply-patch+yaml' };
}

/** A small Deployment. */
export function deployment(changes: Readonly<Record<string, Json>> = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'nginx:1', ports: [{ containerPort: 80 }] }] },
      },
      ...changes,
    },
  };
}

/** A definition of `widgets.example.com` with a schema. */
export const widgets: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList', shortNames: ['wd'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', format: 'int64', minimum: 1 },
                  color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
                  port: { 'x-kubernetes-int-or-string': true },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: { name: { type: 'string' }, count: { type: 'integer' } },
                    },
                  },
                },
              },
              status: { type: 'object', properties: { phase: { type: 'string' } } },
            },
          },
        },
      },
    ],
  },
};
