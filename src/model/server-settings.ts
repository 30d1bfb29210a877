import type { ServerTenant } from './tenancy.ts';
import type { Mode } from './verdict.ts';

/** Where a secret stands: never in the settings themselves. `null`: it is not set here. */
export type SecretSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'variable'; readonly name: string };

/** What the server's own file says, defaults filled in; null where it says nothing. Paths are as written. */
export interface ServerSettings {
  /** The most any repository may ask for: `observe` keeps every one of them observing. */
  readonly mode: Mode;
  readonly host: string | null;
  readonly port: number | null;
  readonly data: string | null;
  readonly database: SecretSource | null;
  readonly logLevel: string | null;
  /** Milliseconds between two looks at the forges; null: the default of the server. */
  readonly poll: number | null;
  /** PEM file of authorities trusted besides the public ones. */
  readonly caFile: string | null;
  /** Globs on `owner/name` or `forge:owner/name`; empty: every repository. */
  readonly repositories: readonly string[];
  /** Globs on names of applications that may be deployed, healed and reverted; empty: every one. */
  readonly applications: readonly string[];
  /** Repository, `owner/name` or `forge:owner/name` -> those of its forge whose applications take files from it. */
  readonly usedBy: ReadonlyMap<string, readonly string[]>;
  /** What repositories may reach at all; empty: whatever they ask for. */
  readonly tenancy: readonly ServerTenant[];
  /** Clusters where nothing is done but as a service account of a tenant. */
  readonly impersonated: readonly string[];
  /** By name. */
  readonly forges: ReadonlyMap<string, ForgeEntry>;
  /** By name. */
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly sources: SourceSettings;
  /** The Argo CD that deploys what repositories declare; null: none is asked. */
  readonly argocd: ArgoCdEntry | null;
}

/** The Argo CD whose clusters, settings and projects are read, and whose API may be asked. */
export interface ArgoCdEntry extends ArgoCdHome {
  /** null: its API is not asked. */
  readonly api: ArgoCdApiEntry | null;
}

/** Where the API of an Argo CD is. */
export interface ArgoCdApiEntry {
  /** `https://HOST[/PATH]`. */
  readonly url: string;
  readonly token: SecretSource;
  /** PEM file; null: the public authorities. */
  readonly caFile: string | null;
}

/** Where charts, artifacts and Git bases may be fetched from. */
export interface SourceSettings {
  /** `HOST`, `HOST:PORT` or `*.DOMAIN`; empty: nothing is fetched. */
  readonly allow: readonly string[];
  /** Hosts that may lead to private addresses, and addresses or ranges that may be reached. */
  readonly private: readonly string[];
  /** By `HOST` or `HOST:PORT`. */
  readonly hosts: ReadonlyMap<string, SourceHostEntry>;
  /** Whose repository Secrets give credentials too; null: no one's. */
  readonly argocd: ArgoCdHome | null;
  /** Whose sources give credentials too; null: no one's. */
  readonly flux: FluxHome | null;
  /** Bytes of the cache on disk. */
  readonly cacheBytes: number;
}

/** Where Argo CD lives. */
export interface ArgoCdHome {
  /** Of the file; null: the cluster this process runs in. */
  readonly cluster: string | null;
  readonly namespace: string;
}

/** Where Flux' sources live. */
export interface FluxHome {
  /** Of the file; null: the cluster this process runs in. */
  readonly cluster: string | null;
  readonly namespaces: readonly string[];
}

/** Credentials and authority of one host. */
export interface SourceHostEntry {
  readonly username: string | null;
  readonly password: SecretSource | null;
  /** Sent as a bearer token. */
  readonly token: SecretSource | null;
  /** PEM file; null: the public authorities. */
  readonly caFile: string | null;
  /** Where they lie instead; null: in none. */
  readonly secret: SourceSecret | null;
}

/** A Secret of a cluster. */
export interface SecretPlace {
  /** Of the file, whose plan identity reads it; null: the cluster this process runs in. */
  readonly cluster: string | null;
  readonly namespace: string;
  readonly name: string;
}

/** A Secret that holds the credentials of a host. */
export interface SourceSecret extends SecretPlace {
  /** null: keys as Helm, Flux and Argo CD call them. */
  readonly keys: SecretKeys | null;
}

/** Keys of a Secret; null where it holds no such thing. */
export interface SecretKeys {
  readonly username: string | null;
  readonly password: string | null;
  readonly token: string | null;
  readonly ca: string | null;
}

/** One forge of the server's file. */
export interface ForgeEntry {
  readonly kind: 'github' | 'gitlab';
  /** null: github.com or gitlab.com. */
  readonly url: string | null;
  readonly appId: number | null;
  readonly privateKey: SecretSource | null;
  readonly token: SecretSource | null;
  readonly webhookSecret: SecretSource | null;
  /** The one that is being replaced. */
  readonly oldWebhookSecret: SecretSource | null;
  readonly signingSecret: SecretSource | null;
}

/** One cluster of the server's file. */
export interface ClusterEntry {
  readonly environments: readonly string[];
  /** Of objects that name none; null: what the way in says, else `default`. */
  readonly namespace: string | null;
  readonly tls: 'verify' | 'insecure';
  /** Whether nothing is done there but as a service account of a tenant; left out: `optional`. */
  readonly serviceAccounts?: 'required';
  /** Who reads and asks for dry-runs. */
  readonly plan: ClusterWay;
  /** Who writes; null: the same. */
  readonly apply: ClusterWay | null;
}

/** A way into a cluster. Every path may be relative to the server's file. */
export type ClusterWay =
  | {
      readonly kind: 'kubeconfig';
      readonly file: string | null;
      readonly context: string;
      /** Its path was written relative and leads out of the folder of the server's file: it is not trusted. */
      readonly leadsOut?: boolean;
    }
  | { readonly kind: 'inCluster'; readonly tokenFile: string; readonly caFile: string }
  | ({ readonly kind: 'serviceAccount'; readonly tokenFile: string } & ServerAddress)
  | { readonly kind: 'argocd'; readonly secret: string; readonly namespace: string; readonly from: string | null }
  | ({ readonly kind: 'eks'; readonly cluster: string; readonly region: string } & ServerAddress)
  | ({ readonly kind: 'gke'; readonly credentialsFile: string | null } & ServerAddress)
  | ({
      readonly kind: 'aks';
      readonly tenantId: string | null;
      readonly clientId: string | null;
      readonly tokenFile: string | null;
    } & ServerAddress);

/** An API server and who vouches for it. */
export interface ServerAddress {
  /** `https://HOST[:PORT]`. */
  readonly server: string;
  /** null: the public authorities. */
  readonly caFile: string | null;
}

/** Names of the ways into a cluster. */
export const wayKinds = ['kubeconfig', 'inCluster', 'serviceAccount', 'argocd', 'eks', 'gke', 'aks'] as const;

/** What the server restricts repositories to. */
export interface ServerLimits {
  readonly mode: Mode;
  readonly repositories: readonly string[];
  readonly applications: readonly string[];
  readonly tenancy: readonly ServerTenant[];
  /** Clusters where nothing is done but as a service account of a tenant. */
  readonly impersonated: readonly string[];
}

/** What holds without a server's file: each repository says for itself, as its owner wrote it. */
export const noLimits: ServerLimits = {
  mode: 'enforce',
  repositories: [],
  applications: [],
  tenancy: [],
  impersonated: [],
};

/** Credentials of a GitHub App. */
export interface GitHubCredentials {
  readonly appId: string;
  readonly privateKey: string;
  readonly webhookSecrets: readonly string[];
  /** `https://HOST/api/v3`; null: github.com. */
  readonly baseUrl: string | null;
}

/** Credentials of a GitLab server. */
export interface GitLabCredentials {
  readonly url: string;
  readonly token: string;
  readonly webhookSecrets: readonly string[];
  /** `whsec_...`, for servers that sign. */
  readonly signingSecrets: readonly string[];
}

/** A forge beside the ones called `github` and `gitlab`. */
export type NamedForge =
  | ({ readonly kind: 'github'; readonly name: string } & GitHubCredentials)
  | ({ readonly kind: 'gitlab'; readonly name: string } & GitLabCredentials);
