/** Header of a request to the helm module; mirrors `requestHeader` in wasm/helm/message.go. */
export interface TemplateRequest {
  readonly method: 'template';
  /** Room for `helm3`. */
  readonly engine: 'helm4';
  readonly releaseName: string;
  readonly namespace: string;
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly valuesFiles: readonly string[];
  readonly set: readonly string[];
  readonly chartRoot: string;
  readonly localCharts: readonly LocalChart[];
}

/** A dependency that the chart names by a path of its own repository. */
export interface LocalChart {
  readonly name: string;
  readonly root: string;
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
