import type { ArgoCdOptions, ClusterIdentity } from './argocd-knowledge.ts';
import type { Finding } from './finding.ts';
import type { JsonObject } from './json.ts';
import type { Source } from './resource.ts';

/** Where the files of a source are, as the object that declares it says. */
export type SourcePlace =
  /** A folder of a Git repository at a branch, tag, commit or range of versions among its tags ('' or `HEAD`: its default branch). */
  | {
      readonly kind: 'git';
      readonly url: string;
      readonly revision: string;
      readonly path: string;
      /** It is a range, whatever branch or tag is called so. */
      readonly reads?: 'range';
    }
  /** A chart of a Helm repository (`https://…`) or registry (`oci://…`); `version` may be a range. */
  | { readonly kind: 'chart'; readonly repository: string; readonly name: string; readonly version: string }
  /** An OCI artifact of files: a tag, a range of versions or a digest. */
  | { readonly kind: 'oci'; readonly url: string; readonly revision: string; readonly path: string };

/** What is told to Helm beside the chart. */
export interface HelmOptions {
  /** Null: the application's name. */
  readonly releaseName: string | null;
  /** Null: the destination's. */
  readonly namespace: string | null;
  /** As written: relative to the source's folder, `/…` from the repository's root, `$ref/…` in the source of that name. */
  readonly valuesFiles: readonly string[];
  readonly ignoreMissingValuesFiles: boolean;
  /** Merged over the files, in order. */
  readonly values: readonly JsonObject[];
  /** `--set` (or `--set-string` where forced), in order. */
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly isString: boolean }[];
  /** `--set-file`: the path as `valuesFiles`. */
  readonly fileParameters: readonly { readonly name: string; readonly path: string }[];
  readonly skipCrds: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  /** Null: the target's. */
  readonly kubeVersion: string | null;
  /** Empty: the target's. */
  readonly apiVersions: readonly string[];
  /** Null: that of the controller. */
  readonly engine: 'helm3' | 'helm4' | null;
}

/** What changes a kustomization beside its own file; fields as Argo CD's `spec.source.kustomize` or Flux' Kustomization name them. */
export interface KustomizeOptions {
  readonly namePrefix: string;
  readonly nameSuffix: string;
  readonly namespace: string | null;
  /** `name`, `name:tag`, `name@digest`, `old=new:tag`, as `kustomize edit set image` reads them. */
  readonly images: readonly string[];
  readonly replicas: readonly { readonly name: string; readonly count: number }[];
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly labelWithoutSelector: boolean;
  readonly labelIncludeTemplates: boolean;
  /** Whether they take the place of labels of the same keys; left out: such are refused. */
  readonly forceCommonLabels?: boolean;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  /** As `forceCommonLabels`. */
  readonly forceCommonAnnotations?: boolean;
  /** Entries of `patches` of a kustomization. */
  readonly patches: readonly JsonObject[];
  readonly components: readonly string[];
  readonly ignoreMissingComponents: boolean;
}

/** Which files of a folder are manifests. */
export interface DirectoryOptions {
  readonly recurse: boolean;
  /** A glob or `{one,other}`; '' for every YAML and JSON file. */
  readonly include: string;
  readonly exclude: string;
}

/** One source of a declared application. */
export interface DeclaredSource {
  readonly place: SourcePlace;
  /** Name under which `$NAME/…` of the other sources finds its files; null without. One with no folder or chart of its own renders nothing. */
  readonly ref: string | null;
  readonly helm: HelmOptions | null;
  readonly kustomize: KustomizeOptions | null;
  readonly directory: DirectoryOptions | null;
  /** Name of a config-management plugin ('' found by itself); null: none. */
  readonly plugin: string | null;
}

/** Whether a source only lends its files to others. */
export function isReference({ ref, place }: Pick<DeclaredSource, 'ref' | 'place'>): boolean {
  return ref !== null && place.kind !== 'chart' && place.path === '';
}

/** Where it goes, as far as the object says. */
export interface Destination {
  /** Address of the API server, or null. */
  readonly server: string | null;
  /** The controller's name of the cluster, or null. */
  readonly cluster: string | null;
  readonly namespace: string | null;
}

/** A cluster as its controller knows it. */
export interface PlacedCluster {
  readonly name: string;
  /** Address of the API server. */
  readonly server: string;
}

/** An application that an object in Git declares. */
export interface DeclaredApplication {
  readonly kind: 'argocd-application' | 'flux-kustomization' | 'flux-helmrelease';
  readonly name: string;
  /** Of the object itself; null where it names none. */
  readonly namespace: string | null;
  /** Argo CD's project; null with Flux. */
  readonly project: string | null;
  readonly destination: Destination;
  readonly sources: readonly DeclaredSource[];
  /** `ServerSideApply=true`, `Prune=false`, … as written; with Flux what stands for the same. */
  readonly syncOptions: readonly string[];
  /** `spec.ignoreDifferences` or `driftDetection.ignore`, as written. */
  readonly ignoreDifferences: readonly JsonObject[];
  /** The whole object, for what only its own controller asks. */
  readonly object: JsonObject;
  readonly declaredAt: Source;
  /** Objects that brought it about, the outermost first: `ApplicationSet teams`, `Application root`. */
  readonly via: readonly string[];
  /** Files of the objects of `via` that stand in one; left out: none does. */
  readonly viaFiles?: readonly string[];
  /** Paths and names of it and of what brought it about that may tell its environment, the nearest first. */
  readonly hints: readonly string[];
}

/** The values of variables or of a release, and which of them came from Secrets or are not known. */
export interface SecretTold {
  /** Values by name; one that is not known is not here. */
  readonly values: Readonly<Record<string, string>>;
  /** Names whose value must not show. */
  readonly secret: readonly string[];
  /** Whether there may be more names than are told here. */
  readonly hasUnknown: boolean;
}

/**
 * Where the files of a source are: in the tree that declares it, in its repository at another revision, in another repository whose files
 * are at hand, or somewhere else.
 */
export type SourceOrigin = 'tree' | 'repository' | 'lent' | 'elsewhere';

/** A declared application as its renderer takes it. */
export interface Declaration {
  readonly application: DeclaredApplication;
  /** By index of its sources. */
  readonly origins: readonly SourceOrigin[];
  /** With a Kustomization of Flux: what its source leaves out (`spec.ignore`), and its variables; strict ones must have a value. */
  readonly build: { readonly ignore: string | null; readonly variables: SecretTold; readonly isStrict: boolean } | null;
  /** With a HelmRelease whose values came from Secrets: its values twice, with others in the place of those; else empty. */
  readonly dummies: readonly Pick<HelmOptions, 'values' | 'parameters'>[];
  /** `spec` of its AppProject, where that is known. */
  readonly restrictions?: JsonObject;
  /** Where its destination is; left out where Argo CD's clusters are not known. */
  readonly place?: PlacedCluster;
  /** Settings of its Argo CD that decide how it is rendered; left out where they are not known. */
  readonly settings?: ArgoCdOptions;
  /** The Helm of its controller; left out where that is not known. */
  readonly helm?: 'helm3' | 'helm4';
  /** What may not be read though it decides, in a sentence: what is made of it is not to be relied on. Left out: nothing. */
  readonly untold?: string;
}

/** What the objects of controllers in a tree declare. */
export interface Declarations {
  readonly declared: readonly Declaration[];
  readonly findings: readonly Finding[];
  /** Objects whose applications cannot be told, such as `ApplicationSet teams`: none of theirs that is missing is removed. */
  readonly unknown: readonly string[];
  /** Whether the same files may declare something else later, as what their controller knows may change. */
  readonly isPassing: boolean;
  /** Secrets among the files that make clusters known to Argo CD. */
  readonly clusterSecrets: readonly ClusterIdentity[];
}

/** Nothing is declared. */
export const noDeclarations: Declarations = {
  declared: [],
  findings: [],
  unknown: [],
  isPassing: false,
  clusterSecrets: [],
};
