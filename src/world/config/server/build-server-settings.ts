import { isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../model/json.ts';
import {
  type ArgoCdEntry,
  type ClusterEntry,
  type ClusterWay,
  type ForgeEntry,
  type SecretSource,
  type ServerSettings,
  type SourceHostEntry,
  type SourceSecret,
  type SourceSettings,
  wayKinds,
} from '../../../model/server-settings.ts';
import type { ServerTenant, TenantAccounts } from '../../../model/tenancy.ts';
import { type FilledTenant, tenantOf, withDefaults } from '../build-settings.ts';
import { parseDuration } from '../duration.ts';
import { serverOptions } from './server-options.ts';

/** What holds without a file. */
export function defaultServerSettings(): ServerSettings {
  return buildServerSettings(withDefaults(serverOptions, { version: 1 }));
}

/** The settings a file says, its defaults filled in. The schema has accepted the value, so that each part is of its shape. */
export function buildServerSettings(filled: Json): ServerSettings {
  const whole = filled as unknown as Whole;
  return {
    ...{ mode: whole.mode, host: whole.host, port: whole.port, data: whole.data, logLevel: whole.logLevel },
    ...{ caFile: whole.caFile, repositories: whole.repositories, applications: whole.applications },
    usedBy: new Map(Object.entries(whole.usedBy)),
    tenancy: Object.entries(whole.tenancy).map(serverTenantOf),
    impersonated: impersonatedIn(whole.clusters),
    poll: whole.poll === null ? null : parseDuration(whole.poll),
    database: whole.database === null ? null : secretOf(whole.database, 'url'),
    forges: mapOf(whole.forges, forgeOf),
    clusters: mapOf(whole.clusters, clusterOf),
    sources: sourcesOf(whole.sources),
    argocd: whole.argocd === null ? null : argocdOf(whole.argocd),
  };
}

/** The file with its defaults, as the options describe it. */
interface Whole
  extends Omit<
    ServerSettings,
    'poll' | 'database' | 'usedBy' | 'tenancy' | 'impersonated' | 'forges' | 'clusters' | 'sources' | 'argocd'
  > {
  readonly poll: string | number | null;
  readonly database: JsonObject | null;
  readonly usedBy: Readonly<Record<string, readonly string[]>>;
  readonly tenancy: Readonly<Record<string, FilledServerTenant>>;
  readonly forges: Readonly<Record<string, JsonObject>>;
  readonly clusters: Readonly<Record<string, JsonObject>>;
  readonly sources: Pick<SourceSettings, 'allow' | 'private' | 'argocd' | 'flux'> & {
    readonly hosts: Readonly<Record<string, JsonObject>>;
    readonly cacheMegabytes: number;
  };
  readonly argocd: JsonObject | null;
}

interface FilledServerTenant extends FilledTenant {
  readonly repositories: readonly string[];
  readonly serviceAccount: TenantAccounts | null;
}

function serverTenantOf([name, filled]: readonly [string, FilledServerTenant]): ServerTenant {
  const { repositories, serviceAccount } = filled;
  const accounts = serviceAccount === null ? {} : { serviceAccount };
  return { ...tenantOf([name, filled]), repositories, ...accounts };
}

function mapOf<T>(
  entries: Readonly<Record<string, JsonObject>>,
  make: (entry: JsonObject) => T,
): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries).map(([name, entry]) => [name, make(entry)]));
}

function secretOf(entry: JsonObject, name: string): SecretSource | null {
  const path = pickText(entry, `${name}File`);
  if (path !== undefined) return { kind: 'file', path };
  const variable = pickText(entry, `${name}Env`);
  return variable === undefined ? null : { kind: 'variable', name: variable };
}

function forgeOf(entry: JsonObject): ForgeEntry {
  const appId = pick(entry, 'appId');
  return {
    kind: pickText(entry, 'kind') === 'gitlab' ? 'gitlab' : 'github',
    url: pickText(entry, 'url') ?? null,
    appId: typeof appId === 'number' ? appId : null,
    privateKey: secretOf(entry, 'privateKey'),
    token: secretOf(entry, 'token'),
    webhookSecret: secretOf(entry, 'webhookSecret'),
    oldWebhookSecret: secretOf(entry, 'oldWebhookSecret'),
    signingSecret: secretOf(entry, 'signingSecret'),
  };
}

function clusterOf(entry: JsonObject): ClusterEntry {
  // The schema holds the shapes of these.
  const { environments, namespace, tls } = entry as unknown as Pick<ClusterEntry, 'environments' | 'namespace' | 'tls'>;
  const plan = wayOf(entry['plan']);
  if (plan === null) throw new Error('plan has a way in: checked before');
  const required = isImpersonated(entry) ? { serviceAccounts: 'required' as const } : {};
  return { environments, namespace, tls, ...required, plan, apply: wayOf(entry['apply']) };
}

function impersonatedIn(clusters: Readonly<Record<string, JsonObject>>): readonly string[] {
  return Object.keys(clusters).filter((name) => isImpersonated(clusters[name] ?? {}));
}

function isImpersonated(entry: JsonObject): boolean {
  return entry['serviceAccounts'] === 'required';
}

function sourcesOf({ hosts, cacheMegabytes, ...reachable }: Whole['sources']): SourceSettings {
  return { ...reachable, hosts: mapOf(hosts, sourceHostOf), cacheBytes: cacheMegabytes * 1024 * 1024 };
}

function argocdOf(entry: JsonObject): ArgoCdEntry {
  const [url, token] = [pickText(entry, 'url'), secretOf(entry, 'token')];
  return {
    cluster: pickText(entry, 'cluster') ?? null,
    namespace: pickText(entry, 'namespace') ?? 'argocd',
    api: url === undefined || token === null ? null : { url, token, caFile: pickText(entry, 'caFile') ?? null },
  };
}

function sourceHostOf(entry: JsonObject): SourceHostEntry {
  return {
    username: pickText(entry, 'username') ?? null,
    password: secretOf(entry, 'password'),
    token: secretOf(entry, 'token'),
    caFile: pickText(entry, 'caFile') ?? null,
    // The options of a Secret are named as its fields, and all are filled in.
    secret: (entry['secret'] ?? null) as unknown as SourceSecret | null,
  };
}

function wayOf(entry: Json | undefined): ClusterWay | null {
  if (!isJsonObject(entry)) return null;
  const kind = wayKinds.find((candidate) => isJsonObject(entry[candidate]));
  // The options of each way are named as the fields of its type, and all are filled in.
  return kind === undefined ? null : ({ kind, ...(entry[kind] as JsonObject) } as unknown as ClusterWay);
}
