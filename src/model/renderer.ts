import type { Finding } from './finding.ts';
import type { JsonObject } from './json.ts';
import type { LentTree } from './lent.ts';
import type { Resource } from './resource.ts';
import type { Application, HelmEngine, RendererName } from './target.ts';
import type { Tree } from './tree.ts';

/** What is told to Helm beside chart, release, target and `--set`; what `HelmOptions` of declared.ts comes to. */
export interface HelmSettings {
  readonly engine: HelmEngine;
  /** Merged over the values files in order, as further files would be. */
  readonly values: readonly JsonObject[];
  /** `--set-string` assignments in order; Helm takes them after all of `--set`. */
  readonly setString: readonly string[];
  /** `--set-file`, after the others: paths are relative to the repository's root. */
  readonly setFile: readonly { readonly name: string; readonly path: string }[];
  /** Leaves the definitions of `crds/` out, as `helm template` without `--include-crds` does. */
  readonly skipCrds: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  /** A values file that is not in the repository is left out instead of refused. */
  readonly ignoreMissingValuesFiles: boolean;
}

/** What kustomize is told beside the kustomization. */
export interface KustomizeSettings {
  /** `--enable-helm`; without it, charts are refused. */
  readonly inflatesCharts: boolean;
  /** `--load-restrictor LoadRestrictionsNone`: files of other folders may be read, though never outside the repository. */
  readonly readsOutside: boolean;
}

/** What a render depends on beside the files. */
export interface RenderInputs {
  readonly releaseName: string;
  /** Namespace for objects that name none and are namespaced; also Helm's release namespace. */
  readonly namespace: string;
  /** Namespace for objects that name none, where it is not that of the release ('': they stay without); left out: it is. */
  readonly objectNamespace?: string;
  /** Such as `v1.36.3`. */
  readonly kubeVersion: string;
  /** `v1`, `apps/v1`, `apps/v1/Deployment`, ... of the target. */
  readonly apiVersions: readonly string[];
  /** Whether a kind is namespaced; undefined when unknown (then it is taken as namespaced). */
  readonly namespaced: Readonly<Record<string, boolean>>;
  /** Helm `--set` assignments in order. */
  readonly set: readonly string[];
  /**
   * The commit by which others can get the files, for what only they render; that of a pull's head where it is its merge that is rendered.
   * Left out: there is none.
   */
  readonly commit?: string;
  /** Why nothing may be fetched for this render; left out: nothing forbids it. */
  readonly unfetched?: string;
  /** Files of this repository at another revision: a tag, a branch, a commit; null where there is none. Left out: there is no telling. */
  readonly treeAt?: (revision: string, signal: AbortSignal) => Promise<Tree | null>;
  /** Another repository whose files are at hand; left out: none. */
  readonly lent?: LentTree | undefined;
  /** What else is told to Helm; what is left out is as `defaultHelmSettings` says. */
  readonly helm?: Partial<HelmSettings>;
  /** Left out: charts are inflated, and files of other folders refused. */
  readonly kustomize?: KustomizeSettings;
}

/** What a render gives. */
export interface Rendered {
  readonly resources: readonly Resource[];
  /** Helm hooks and tests: "runs on merge", never create or delete. */
  readonly hooks: readonly Resource[];
  /** Findings of the render itself, such as ambiguous scalars; `target` is null and filled by the caller. */
  readonly findings: readonly Finding[];
}

/**
 * Turns an application's files into resources. Throws `FairleadError`: `render-failed` (the tool's own message with file),
 * `remote-reference` (file and reference), `refused` (exec or container functions, reads outside the tree, links leaving it),
 * `render-timeout`, `render-memory`, `decode-failed` (file:line), `module-missing` (Go is needed).
 */
export interface Renderer {
  readonly name: RendererName;
  /** Whether a folder's file names are this renderer's. */
  detects(files: readonly string[]): boolean;
  /**
   * Begins what `render` needs of the files alone, so that the target may be waited for meanwhile. Resolves when it goes on by itself;
   * what goes wrong is for `render` to tell. Left out: nothing can begin before.
   */
  prepare?(application: Application, tree: Tree, signal: AbortSignal): Promise<void>;
  render(application: Application, tree: Tree, inputs: RenderInputs, signal: AbortSignal): Promise<Rendered>;
}
