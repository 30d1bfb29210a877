import { createPrivateKey, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { appBody } from './bodies.ts';
import { type Answer, type Call, type OpenRoute, Refusal } from './route.ts';
import type { AppFacts, MadeApp, Permissions, World } from './state.ts';

/** Milliseconds the code of a new app is good for. */
const CODE_LIFE = 3_600_000;

/** What a manifest may hold (docs.github.com, "Registering a GitHub App from a manifest"). */
const known = new Set([
  ...['name', 'url', 'hook_attributes', 'redirect_url', 'callback_urls', 'setup_url', 'description', 'public'],
  ...['default_events', 'default_permissions', 'request_oauth_on_install', 'setup_on_update'],
]);

/** The exchange of a code for the credentials of its app. */
export const manifestRoutes: readonly OpenRoute[] = [
  { operation: 'POST /app-manifests/{code}/conversions', by: 'anyone', run: convert },
];

/** Whether this is the page that makes apps, for oneself or for an organisation. */
export function isManifestPage({ pathname }: URL): boolean {
  return pagePattern.test(pathname);
}

const pagePattern = /^\/(?:organizations\/([^/]+)\/)?settings\/apps\/new$/;

/**
 * Takes the form with the manifest, keeps the app and leads back with a code and the state. The real page shows the owner what is
 * asked for and has a name chosen first.
 */
export async function takeManifest(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.origin);
  if (request.method !== 'POST') throw new Refusal(404, 'Not Found');
  const manifest = parseManifest(await formOf(request));
  const made = makeApp(world, manifest, pagePattern.exec(url.pathname)?.[1] ?? 'octocat');
  const code = randomBytes(20).toString('hex');
  world.manifests.set(code, made);
  const back = new URL(String(manifest['redirect_url']));
  back.searchParams.set('code', code);
  const state = url.searchParams.get('state');
  if (state !== null) back.searchParams.set('state', state);
  response.writeHead(302, { location: back.href }).end();
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** GitHub names a missing field without what it is part of. */
function parseManifest(form: URLSearchParams): Readonly<Record<string, unknown>> {
  const manifest: unknown = JSON.parse(form.get('manifest') ?? 'null');
  if (typeof manifest !== 'object' || manifest === null) throw invalid('no manifest');
  const fields: Readonly<Record<string, unknown>> = { ...manifest };
  const unknown = Object.keys(fields).filter((key) => !known.has(key));
  if (unknown.length > 0) throw invalid(`unknown ${unknown.join(', ')}`);
  for (const name of ['name', 'url', 'redirect_url']) requireText(fields, name);
  if (fields['hook_attributes'] !== undefined) requireHook(fields['hook_attributes'] as Record<string, unknown>);
  return fields;
}

/** Required whenever there is a hook, also where it is not active. */
function requireHook(hook: Readonly<Record<string, unknown>>): void {
  requireText(hook, 'url');
  if (/^https?:\/\/(?:localhost|127\.|\[::1\])/.test(String(hook['url'])))
    throw invalid('Hook url is not supported because it is not reachable over the public Internet');
}

function requireText(fields: Readonly<Record<string, unknown>>, name: string): void {
  if (typeof fields[name] !== 'string' || fields[name] === '') throw invalid(`Error "${name}" wasn't supplied.`);
}

function invalid(why: string): Refusal {
  return new Refusal(422, `Invalid GitHub App configuration. ${why}`);
}

function makeApp(world: World, manifest: Readonly<Record<string, unknown>>, owner: string): MadeApp {
  const id = world.nextId();
  const name = String(manifest['name']);
  const app: AppFacts = {
    // The keys are those of the world's own app: making some takes longer than everything else here.
    ...world.app,
    id,
    name,
    slug: `${name.toLowerCase().replaceAll(' ', '-')}-${id}`,
    permissions: (manifest['default_permissions'] ?? {}) as Permissions,
    events: (manifest['default_events'] ?? []) as readonly string[],
    owner,
  };
  const webhookSecret = randomBytes(20).toString('hex');
  return { app, manifest, webhookSecret, madeAt: world.now(), isTaken: false };
}

/** A code that is wrong, was used or is too old is not there. */
function convert({ world, params }: Call): Answer {
  const made = world.manifests.get(params['code'] ?? '');
  const age = world.now().getTime() - (made?.madeAt.getTime() ?? 0);
  if (made === undefined || made.isTaken || age > CODE_LIFE) throw new Refusal(404, 'Not Found');
  made.isTaken = true;
  const { app, webhookSecret } = made;
  const secrets = {
    client_id: `Iv23${app.id}`,
    client_secret: randomBytes(20).toString('hex'),
    webhook_secret: webhookSecret,
    pem: createPrivateKey(app.privateKey).export({ type: 'pkcs1', format: 'pem' }),
  };
  return { status: 201, body: { ...appBody(world, app), ...secrets } };
}
