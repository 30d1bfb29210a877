import type { Octokit } from 'octokit';
import type { RepoRef } from '../../../model/repo.ts';
import type { GitHubCredentials } from '../../../model/server-settings.ts';
import type { AccountFacts, DeliveryFacts, ForgeInspector, HookFacts } from '../inspect.ts';
import { calling, type ErrorContext } from './errors.ts';
import { readPrivateKey } from './private-key.ts';

/** Installations whose repositories are listed. */
const mostInstallations = 20;

/** Deliveries that are looked at. */
const mostDeliveries = 50;

/**
 * Looks at GitHub as the App. Nothing is tried twice: what fails is told. Throws `FairleadError` `bad-private-key`.
 */
export async function inspectGitHub(
  name: string,
  { appId, privateKey, baseUrl }: GitHubCredentials,
  errors: ErrorContext,
): Promise<ForgeInspector> {
  const { App, Octokit: Usual } = await import('octokit');
  const Plain = Usual.defaults({
    ...(baseUrl === null ? {} : { baseUrl }),
    retry: { enabled: false },
    throttle: { enabled: false },
  });
  const app = new App({ appId: Number(appId), privateKey: readPrivateKey(privateKey), Octokit: Plain });
  return {
    name,
    account: (signal) => calling(errors, () => readAccount(app.octokit, signal)),
    hook: (signal) => calling(errors, () => readHook(app.octokit, signal)),
    repository: async () => null,
    repositories: (most, signal) =>
      calling(errors, async () => {
        const asked = { per_page: mostInstallations, request: { signal } };
        const { data } = await app.octokit.request('GET /app/installations', asked);
        const found: RepoRef[] = [];
        for (const { id, suspended_at: suspended } of data) {
          if (suspended || found.length >= most) continue;
          found.push(...(await repositoriesOf(await app.getInstallationOctokit(id), { name, id, most, signal })));
        }
        return found.slice(0, most);
      }),
  };
}

type Client = Pick<Octokit, 'request'>;

async function readAccount(client: Client, signal: AbortSignal): Promise<AccountFacts> {
  const { data, headers } = await client.request('GET /app', { request: { signal } });
  const time = Date.parse(headers.date ?? '');
  const granted = Object.entries(data?.permissions ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    account: `${data?.slug}[bot]`,
    time: Number.isNaN(time) ? null : new Date(time),
    permissions: Object.fromEntries(granted),
    events: data?.events ?? [],
    missingScopes: null,
    complaints: [],
    version: null,
  };
}

async function readHook(client: Client, signal: AbortSignal): Promise<HookFacts> {
  const request = { signal };
  const { data: config } = await client.request('GET /app/hook/config', { request });
  const { data } = await client.request('GET /app/hook/deliveries', { per_page: mostDeliveries, request });
  const deliveries = data.map((delivery): DeliveryFacts => {
    return { status: delivery.status_code, at: new Date(delivery.delivered_at), event: delivery.event };
  });
  return { url: config.url || null, checksTls: String(config.insecure_ssl ?? '0') === '0', deliveries };
}

async function repositoriesOf(
  client: Client,
  {
    name,
    id,
    most,
    signal,
  }: { readonly name: string; readonly id: number; readonly most: number; readonly signal: AbortSignal },
): Promise<readonly RepoRef[]> {
  const asked = { per_page: Math.min(most, 100), request: { signal } };
  const { data } = await client.request('GET /installation/repositories', asked);
  return data.repositories.map((each) => ({
    forge: name,
    id: Number(each.id),
    fullName: each.full_name,
    installation: id,
  }));
}
