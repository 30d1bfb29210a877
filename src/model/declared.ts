import type { JsonObject } from './json.ts';
import type { Source } from './resource.ts';

/** Where the files of a source are, as the object that declares it says. */
export type SourcePlace =
  /** A folder of a Git repository at a branch, tag or commit ('' or `HEAD`: its default branch). */
  | { readonly kind: 'git'; readonly url: string; readonly revision: string; readonly path: string }
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
  readonly commonAnnotations: Readonly<Record<string, string>>;
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

/** Where it goes, as far as the object says. */
export interface Destination {
  /** Address of the API server, or null. */
  readonly server: string | null;
  /** The controller's name of the cluster, or null. */
  readonly cluster: string | null;
  readonly namespace: string | null;
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
}
