import type { JsonObject } from './json.ts';

/** A cluster that an Argo CD knows, as its Secret says. */
export interface KnownCluster {
  /** Name of the Secret; null where settings tell of the cluster. */
  readonly secret: string | null;
  readonly name: string;
  /** Address of the API server. */
  readonly server: string;
  /** The project it belongs to; '' for all. */
  readonly project: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What a cluster Secret of a tree is known by; null: it does not show. */
export interface ClusterIdentity {
  readonly secret: string;
  readonly name: string | null;
  readonly server: string | null;
}

/** An AppProject. */
export interface KnownProject {
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
}

/** Keys and values of a ConfigMap. */
export type ArgoCdOptions = Readonly<Record<string, string>>;

/** Something of Argo CD: what it is, or why it is not known and what to do about that. */
export type Learned<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly why: string; readonly remedy: string };

/** What an Argo CD knows and no repository says, at one moment. */
export interface ArgoCdKnowledge {
  /** Namespace of Argo CD itself. */
  readonly namespace: string;
  readonly clusters: Learned<readonly KnownCluster[]>;
  /** `argocd-cm`. */
  readonly settings: Learned<ArgoCdOptions>;
  /** `argocd-cmd-params-cm`. */
  readonly parameters: Learned<ArgoCdOptions>;
  /** AppProjects by name. */
  readonly projects: Learned<ReadonlyMap<string, KnownProject>>;
  /** Image of its repo-server; null where it has another name than usual. */
  readonly repoServer: Learned<string | null>;
}

const untold: Learned<never> = {
  kind: 'unknown',
  why: 'they are not known here',
  remedy:
    'Name this Argo CD under argocd in the file of the server, or write its clusters under argocd.clusters in .fairlead.yaml.',
};

/** What is known where nobody tells. */
export const nothingKnown: ArgoCdKnowledge = {
  namespace: 'argocd',
  clusters: untold,
  settings: untold,
  parameters: untold,
  projects: untold,
  repoServer: untold,
};

/** What is known, or null. */
export function knownOf<T>(learned: Learned<T>): T | null {
  return learned.kind === 'known' ? learned.value : null;
}
