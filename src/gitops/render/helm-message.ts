import type { HelmEngine } from '../../model/target.ts';

/** Header of a request to the helm module; mirrors `requestHeader` in wasm/helm/message.go. */
export interface TemplateRequest {
  readonly method: 'template';
  readonly engine: HelmEngine;
  readonly releaseName: string;
  /** Names the release in place of `releaseName`, which then is ''; '' for none. */
  readonly nameTemplate: string;
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly valuesFiles: readonly string[];
  /** YAML texts, merged over the files. */
  readonly values: readonly string[];
  readonly set: readonly string[];
  readonly setString: readonly string[];
  /** `name=path`, escaped as Helm reads it. */
  readonly setFile: readonly string[];
  readonly skipSchema: boolean;
  readonly chartRoot: string;
  readonly localCharts: readonly LocalChart[];
}

/** A dependency that charts/ lacks: of the same repository, or fetched. */
export interface LocalChart {
  readonly name: string;
  readonly root: string;
  /** Its name below charts/. */
  readonly folder: string;
  /** Out of an archive, which was made by ignore rules and is not held to them again. */
  readonly packed: boolean;
}

/** A manifest in Helm's order. `path` is Helm's name of the template, `file` the one in the request. */
export interface HelmDocument {
  readonly path: string;
  readonly file: string;
  readonly line: number;
  readonly content: string;
  readonly hook: HelmHook | null;
}

/** What Helm says about a hook. */
export interface HelmHook {
  readonly events: readonly string[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
}

/** A chart that Chart.yaml asks for and charts/ does not hold. */
export interface MissingChart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  /** The version is that of Chart.lock. */
  readonly locked: boolean;
  /** The file that asks for it. */
  readonly file: string;
}

/** A finished render; not `rendered` when it has to run in a fresh instance. */
export interface TemplateSuccess {
  readonly ok: true;
  readonly rendered: boolean;
  readonly volatility: { readonly varies: boolean; readonly needsFresh: boolean };
  readonly manifests: readonly HelmDocument[];
  readonly crds: readonly HelmDocument[];
  readonly notes: string;
}

/** What Helm refused, in its own words. */
export interface TemplateFailure {
  readonly ok: false;
  readonly error: string;
  readonly kind: 'render' | 'schema' | 'values' | 'dependency' | 'kubeVersion' | 'remote' | 'chart';
  readonly file: string;
  readonly line: number;
  readonly missing: readonly MissingChart[] | null;
}
