import type { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { parseJson } from '../../formats/json.ts';
import type { ArgoCdApi, LiveApplication, ManifestsQuestion } from '../../model/argocd-api.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { exchange } from './exchange.ts';
import { answerFault, garbled, unsafeUrl } from './faults.ts';
import type { Exchange, Question } from './question.ts';

/** Where the API of an Argo CD is, and as whom it is asked. */
export interface ArgoCdPlace {
  /** `https://HOST[:PORT][/PATH]`; plain http for this machine only. */
  readonly url: string;
  readonly token: string;
  /** PEM; null: the authorities this process trusts. */
  readonly ca: string | null;
}

/** Bounds of a call. */
export interface ArgoCdLimits {
  /** Milliseconds from the question to the last byte. Plugins take their time: Argo CD itself gives up after 90 s. */
  readonly callMs: number;
  readonly answerBytes: number;
}

/** What a call may cost. */
export const defaultArgoCdLimits: ArgoCdLimits = { callMs: 100_000, answerBytes: 32 * 1024 * 1024 };

/** What asking takes. */
export interface ArgoCdOptions extends ArgoCdPlace {
  /** Told of the token before it is used. */
  readonly learn: (secret: string) => void;
  /** Proxies of the environment; this machine is always reached directly. */
  readonly proxies: { readonly https: string; readonly http: string; readonly no: string };
  readonly limits?: Partial<ArgoCdLimits>;
}

/**
 * The API of an Argo CD (3.5, server/applicationset and server/application). Nothing is asked yet. What it redirects to
 * is never asked. Throws `FairleadError` `argocd-url` for an address that is none.
 */
export function openArgoCd(options: ArgoCdOptions): ArgoCdApi {
  const base = baseOf(options.url);
  options.learn(options.token);
  const agent = agentFor(base, options.proxies);
  const ask = (question: Question, signal: AbortSignal): Promise<Json> =>
    askOnce(question, { ...options, base, agent }, signal);
  return {
    generate: async (set, signal) => {
      const answer = await ask(generateQuestion(set), signal);
      return objectsAt(answer, 'applications');
    },
    application: async (of, signal) => {
      const question = { ...aboutApplication(of), path: `${pathOf(of)}?${queryOf(of)}` };
      const answer = await ask({ ...question, doing: `read the Application ${of.name}` }, signal);
      if (!isJsonObject(answer)) throw garbled(base.host, 'read an Application');
      return answer;
    },
    manifests: async (question, signal) => {
      const path = `${pathOf(question)}/manifests?${manifestsQuery(question)}`;
      const doing = `render the Application ${question.name}`;
      const answer = await ask({ ...aboutApplication(question), path, doing }, signal);
      const texts = listAt(answer, 'manifests').filter((one) => typeof one === 'string');
      return texts.map((text) => manifestOf(text, base.host, doing));
    },
    may: async ({ resource, action, object }, signal) => {
      const path = `/api/v1/account/can-i/${resource}/${action}/${object}`;
      const answer = await ask({ method: 'GET', path, doing: 'tell what its account may do', right: null }, signal);
      return pickText(answer, 'value') === 'yes';
    },
    version: async (signal) => {
      const answer = await ask({ method: 'GET', path: '/api/version', doing: 'tell its version', right: null }, signal);
      const text = (key: string): string => pickText(answer, key) ?? '';
      return { argocd: text('Version'), helm: text('HelmVersion'), kustomize: text('KustomizeVersion') };
    },
  };
}

function baseOf(url: string): URL {
  const base = URL.parse(url);
  const isLocal = base !== null && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(base.hostname);
  const isSafe = base?.protocol === 'https:' || (base?.protocol === 'http:' && isLocal);
  if (base === null || !isSafe || base.username !== '' || base.search !== '' || base.hash !== '') throw unsafeUrl(url);
  return base;
}

function agentFor({ protocol }: URL, { https, http, no }: ArgoCdOptions['proxies']): HttpAgent {
  const own = ['localhost', '127.0.0.1', '::1'];
  const proxyEnv = { HTTPS_PROXY: https, HTTP_PROXY: http, NO_PROXY: [...own, ...(no === '' ? [] : [no])].join(',') };
  if (protocol === 'https:') return new HttpsAgent({ proxyEnv });
  // Asked for and not imported, as in `exchange`.
  const { Agent } = process.getBuiltinModule('node:http');
  return new Agent({ proxyEnv });
}

function generateQuestion(set: JsonObject): Question {
  const name = pickText(set, 'metadata', 'name') ?? '';
  const project = pickText(set, 'spec', 'template', 'spec', 'project') ?? '';
  return {
    method: 'POST',
    path: '/api/v1/applicationsets/generate',
    body: { applicationSet: set },
    doing: `generate the applications of ApplicationSet ${name}`,
    right: `applicationsets, create, ${project}/${name}`,
  };
}

function aboutApplication({ name, project }: LiveApplication): Pick<Question, 'method' | 'right'> {
  return { method: 'GET', right: `applications, get, ${project}/${name}` };
}

function pathOf({ name }: LiveApplication): string {
  return `/api/v1/applications/${encodeURIComponent(name)}`;
}

function queryOf({ namespace, project }: LiveApplication): URLSearchParams {
  return new URLSearchParams({ project, ...(namespace === null ? {} : { appNamespace: namespace }) });
}

function manifestsQuery(question: ManifestsQuestion): URLSearchParams {
  const query = queryOf(question);
  const { positions, revisions } = question;
  const [only] = revisions;
  if (positions === null && only !== undefined) query.set('revision', only);
  for (const [index, position] of (positions ?? []).entries()) {
    query.append('sourcePositions', String(position));
    query.append('revisions', revisions[index] ?? '');
  }
  return query;
}

interface Ground extends ArgoCdOptions {
  readonly base: URL;
  readonly agent: HttpAgent;
}

async function askOnce(
  question: Question,
  { base, agent, token, ca, limits }: Ground,
  signal: AbortSignal,
): Promise<Json> {
  const url = new URL(base.pathname.replace(/\/$/, '') + question.path, base);
  const { callMs, answerBytes } = { ...defaultArgoCdLimits, ...limits };
  const answer = await exchange({ question, url, token, agent, ca, callMs, answerBytes }, signal);
  if (answer.status < 200 || answer.status >= 300) throw answerFault(question, base.host, answer);
  return bodyOf(answer, question, base.host);
}

function bodyOf({ text }: Exchange, { doing }: Question, host: string): Json {
  try {
    return parseJson(text);
  } catch {
    // A page of a proxy or of a login, which says nothing of Argo CD.
    throw garbled(host, doing);
  }
}

function listAt(answer: Json, key: string): readonly Json[] {
  const list = pick(answer, key);
  return isJsonList(list) ? list : [];
}

function objectsAt(answer: Json, key: string): readonly JsonObject[] {
  return listAt(answer, key).filter(isJsonObject);
}

function manifestOf(text: string, host: string, doing: string): JsonObject {
  try {
    const manifest = parseJson(text);
    if (isJsonObject(manifest)) return manifest;
  } catch {
    // Told below, like any other text that is no object.
  }
  throw garbled(host, doing);
}
