import type { KnownCluster } from './argocd-knowledge.ts';
import { type ClusterMap, clustersFor } from './cluster-map.ts';
import type { DeclaredApplication } from './declared.ts';
import type { Severity } from './finding.ts';
import type { HelmEngine } from './target.ts';
import type { Tenancy } from './tenancy.ts';
import type { Mode } from './verdict.ts';

/** What `.fairlead.yaml` of the protected branch says, defaults filled in. */
export interface Settings {
  readonly version: 1;
  /** `observe` (default): no merge is stopped and nothing is deployed, healed or reverted, whatever else is set. */
  readonly mode: Mode;
  /** By name, in the order written. */
  readonly environments: ReadonlyMap<string, EnvironmentSettings>;
  /** By the application's name. */
  readonly applications: ReadonlyMap<string, ApplicationSettings>;
  /** What its paths may reach; the bound of the server's file beside its own where there is one. */
  readonly tenancy: Tenancy;
  readonly policy: PolicySettings;
  readonly comment: CommentSettings;
  readonly render: RenderSettings;
  readonly argocd: ArgoCdSettings;
}

export interface EnvironmentSettings {
  readonly name: string;
  /** Globs on an application's root or one of its values files; empty: the environment's name in the path decides. */
  readonly match: readonly string[];
  /** Branch whose merges deploy here; null: the repository's default branch. */
  readonly branch: string | null;
  /** Kubeconfig contexts, each one the server was told of; empty: those the server maps to this environment. */
  readonly clusters: readonly string[];
  readonly deploy: DeploySettings;
  readonly onFailure: { readonly action: 'none' | 'revert-pr' };
  readonly onDrift: { readonly action: 'report' | 'heal' | 'adopt-pr' };
}

export interface DeploySettings {
  readonly on: 'merge' | 'command' | 'never';
  /** Name of an engine. */
  readonly engine: string;
  /** Deploys only once the same commit was healthy there for so long and still is; `healthyFor` in milliseconds. */
  readonly after: { readonly environment: string; readonly healthyFor: number } | null;
  /** People (of one of the teams, when any is named) who must have approved; null: nobody. */
  readonly approvals: { readonly count: number; readonly teams: readonly string[] } | null;
}

export interface ApplicationSettings {
  /** Folder of the application, relative to the repository root: names what discovery finds there. */
  readonly path: string;
}

export interface PolicySettings {
  /** Rule id -> severity, or off. */
  readonly rules: ReadonlyMap<string, Severity | 'off'>;
}

/** How applications are rendered. */
export interface RenderSettings {
  /** The Helm of whoever deploys charts; null: found, else Helm 4. */
  readonly helm: HelmEngine | null;
}

/** What the Argo CD of a repository knows, as the repository tells it. */
export interface ArgoCdSettings {
  /** Empty: not known. */
  readonly clusters: readonly KnownCluster[];
}

/** Which pulls get a review comment beside the check. */
export interface CommentSettings {
  readonly when: 'changes' | 'findings' | 'always' | 'never';
}

/** What holds where nothing is configured. */
export const defaultSettings: Settings = {
  version: 1,
  mode: 'observe',
  environments: new Map(),
  applications: new Map(),
  tenancy: [],
  policy: { rules: new Map() },
  comment: { when: 'changes' },
  render: { helm: null },
  argocd: { clusters: [] },
};

/**
 * The engine by whose method a target is predicted: the one that deploys it where Fairlead does, else the controller whose object declares
 * it; our own where none is named.
 */
export function engineOf(
  settings: Settings,
  environment: string | null,
  declared: Pick<DeclaredApplication, 'kind'> | null,
): string {
  const deploy = environment === null ? undefined : settings.environments.get(environment)?.deploy;
  const isOurs = declared === null || (deploy !== undefined && deploy.on !== 'never');
  if (isOurs) return deploy?.engine ?? 'apply';
  return declared.kind === 'argocd-application' ? 'argocd' : 'flux';
}

/** The settings a repository is worked with now. */
export interface SettingsInForce {
  readonly settings: Settings;
  /** Contexts of every environment, the server's own map included. */
  readonly clusters: ClusterMap;
  /** The protected branch they were read from, and its commit. */
  readonly branch: string;
  readonly commit: string;
  /** Why a newer file is not in force, one sentence; null when the newest is. */
  readonly problem: string | null;
}

/** The clusters of every environment: what the settings name, else what the server maps to it. */
export function clustersOf(settings: Settings, server: ClusterMap): ClusterMap {
  const named = [...settings.environments.values()].filter(({ clusters }) => clusters.length > 0);
  if (named.length === 0 || server.mode === 'none') return server;
  const known = [...settings.environments.keys()].map((name) => [name, clustersFor(server, name)] as const);
  const byEnvironment = new Map([
    ...server.byEnvironment,
    ...known.filter(([, contexts]) => contexts.length > 0),
    ...named.map(({ name, clusters }) => [name, clusters] as const),
  ]);
  return { mode: 'live', bare: null, byEnvironment };
}

/** The branches that something is deployed from, or may be: the protected one and those of the environments. */
export function deployedBranches({
  settings,
  branch,
}: Pick<SettingsInForce, 'settings' | 'branch'>): ReadonlySet<string> {
  return new Set([branch, ...[...settings.environments.values()].map((one) => one.branch ?? branch)]);
}
