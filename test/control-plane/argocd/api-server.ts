import { createHmac } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../../../src/formats/json.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import { type ControlPlane, useControlPlane } from '../control-plane.ts';
import { freePorts, type ProcessSpec, startProcesses, threeAttempts } from '../processes.ts';
import { type PartState, usePart } from '../shared.ts';
import { type ArgoPlace, installArgoCd, preparePlace, repoServerSpecs } from './argocd.ts';
import { type ArgoAccount, tokenKey } from './settings.ts';

/** What Argo CD makes of an Application: its objects in the order of its answer, or why there are none, in its words. */
export type Manifests =
  | { readonly kind: 'objects'; readonly objects: readonly JsonObject[] }
  | { readonly kind: 'refused'; readonly message: string };

/** An Argo CD that renders and does nothing else: no controller looks at its Applications. */
export interface ArgoCdApi {
  readonly namespace: string;
  /** Where it answers, and a token that may read and create Applications, and generate sets of the project `default`. */
  readonly url: string;
  readonly token: string;
  readonly plane: ControlPlane;
  /**
   * Creates an Application of a name that was not used before and asks for its manifests at the revisions it names. Objects hold
   * Argo CD's tracking annotation, and Secrets stars for values.
   */
  manifestsOf(application: Sketch): Promise<Manifests>;
  /** Creates an Application as above; why Argo CD's project and clusters do not permit it, in its words, or null. */
  refusalOf(application: Sketch): Promise<string | null>;
}

interface Sketch {
  readonly name: string;
  readonly spec: JsonObject;
}

/**
 * Argo CD's API server of this jest run with a repo-server of its own, in a namespace that no other part of Argo CD looks at. The
 * first start takes about eight seconds, so give `beforeAll` two minutes.
 */
export async function useArgoCdApi(): Promise<ArgoCdApi> {
  const namespace = 'argocd-api';
  const plane = await useControlPlane({ workloads: true });
  const { server } = await usePart<ApiState>(namespace, async (dir, owner) => {
    await installArgoCd(plane, namespace, account);
    const place = await preparePlace(plane, dir, namespace);
    return threeAttempts(async () => {
      const { specs, address } = await specsOf(place);
      return { dir, pids: await startProcesses(specs, { dir, owner }), server: address };
    });
  });
  const place = { server, namespace };
  return {
    ...{ namespace, url: server, token: token(), plane },
    manifestsOf: (application) => manifestsOf(place, application),
    refusalOf: async (application) => (await create(place, application)).message,
  };
}

interface ApiState extends PartState {
  readonly server: string;
}

const account: ArgoAccount = {
  name: 'renderer',
  tokenId: 'only',
  issuedAt: 1_700_000_000,
  rights: ['applications, get, */*', 'applications, create, */*', 'applicationsets, create, default/*'],
};

async function specsOf(place: ArgoPlace) {
  const { specs, address, cache } = await repoServerSpecs(place);
  const [port, metrics] = await freePorts(2);
  const server = `http://127.0.0.1:${port}`;
  const own = ['--address', '127.0.0.1', '--port', `${port}`, '--insecure'];
  const aside = ['--metrics-address', '127.0.0.1', '--metrics-port', `${metrics}`];
  const api: ProcessSpec = {
    name: 'argocd-server',
    program: place.program,
    flags: [...own, ...aside, ...cache, '--repo-server', address, '--repo-server-plaintext'],
    env: { ...place.env, ARGOCD_BINARY_NAME: 'argocd-server' },
    ready: `${server}/healthz`,
  };
  return { specs: [...specs, api, await pluginSpec(place)], address: server };
}

/** The name of a config-management plugin that the repo-server finds: it prints `*.txt` of a folder, and its variable NOTE. */
export const testPlugin = 'printer';

/** As a sidecar of the repo-server, which finds it by its socket. */
async function pluginSpec({ dir, program, env }: ArgoPlace): Promise<ProcessSpec> {
  const folder = join(dir, 'printer');
  await mkdir(folder, { recursive: true });
  const command = ['sh', '-c', 'cat *.txt | sed "s/NOTE/$ARGOCD_ENV_NOTE/"'];
  const plugin = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ConfigManagementPlugin', metadata: { name: testPlugin } };
  await writeFile(join(folder, 'plugin.yaml'), JSON.stringify({ ...plugin, spec: { generate: { command } } }));
  const socket = join(dir, 'plugins', `${testPlugin}.sock`);
  return {
    name: 'plugin',
    program,
    flags: ['--config-dir-path', folder],
    env: { ...env, ARGOCD_BINARY_NAME: 'argocd-cmp-server' },
    ready: async () => (await stat(socket)).isSocket(),
  };
}

interface Place {
  readonly server: string;
  readonly namespace: string;
}

/** Its source unchecked as with kubectl, but with the empty options left out, as the controller does before it renders. */
function create({ server, namespace }: Place, { name, spec }: Sketch): ReturnType<typeof ask> {
  return ask(server, '/api/v1/applications?validate=false', { metadata: { name, namespace }, spec });
}

async function manifestsOf(place: Place, sketch: Sketch): Promise<Manifests> {
  const { server } = place;
  const { name } = sketch;
  const created = await create(place, sketch);
  if (created.message !== null) return { kind: 'refused', message: created.message };
  const { body, message } = await ask(server, `/api/v1/applications/${name}/manifests`);
  if (message !== null) return { kind: 'refused', message };
  const manifests = pick(body, 'manifests');
  const texts = (isJsonList(manifests) ? manifests : []).filter((text) => typeof text === 'string');
  return { kind: 'objects', objects: texts.map(parseJson).filter(isJsonObject) };
}

/** One request, and the message of an answer that is none. */
async function ask(server: string, path: string, body?: object): Promise<{ body: Json; message: string | null }> {
  const headers = { authorization: `Bearer ${token()}`, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(new URL(path, server), { headers, ...sent, signal: AbortSignal.timeout(90_000) });
  const text = await answer.text();
  if (answer.status === 401 || answer.status === 415) throw new Error(`${path} answered ${answer.status}: ${text}`);
  const parsed: Json = JSON.parse(text);
  return { body: parsed, message: answer.ok ? null : (pickText(parsed, 'message') ?? text) };
}

/** A token of the account, as Argo CD would hand out for a long-lived one. */
function token(): string {
  const { name, tokenId: jti, issuedAt: iat } = account;
  const claims = { iss: 'argocd', sub: `${name}:apiKey`, iat, nbf: iat, jti };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => base64(JSON.stringify(part))).join('.');
  return `${signed}.${createHmac('sha256', tokenKey).update(signed).digest('base64url')}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64url');
}
