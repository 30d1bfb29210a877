import type { Finding } from '../../model/finding.ts';
import type { RenderInputs } from '../../model/renderer.ts';
import type { Tree } from '../../model/tree.ts';
import { type ChartTools, renderChart } from './helm-chart.ts';
import { withoutSkipped } from './helm-documents.ts';
import type { TemplateSuccess } from './helm-message.ts';
import { printDocuments } from './helm-print.ts';
import { templateRequest } from './helm-request.ts';

/** A `helm template` that kustomize would run; mirrors `chartRequest` in wasm/kustomize/inflate.go. */
export interface ChartRequest {
  readonly key: string;
  readonly path: string;
  readonly releaseName: string;
  readonly nameTemplate: string;
  /** '' for the default. */
  readonly namespace: string;
  readonly values: readonly string[];
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[] | null;
  readonly includeCrds: boolean;
  readonly skipTests: boolean;
  readonly skipHooks: boolean;
}

/** What helm would print. */
export interface Inflated {
  readonly first: string;
  /** With another clock and other random numbers; null where one says it all. */
  readonly second: string | null;
  readonly findings: readonly Finding[];
}

/** Runs one `helm template` in the Helm module. Throws what `Renderer.render` throws. */
export async function inflateChart(
  { request, tree, inputs }: { readonly request: ChartRequest; readonly tree: Tree; readonly inputs: RenderInputs },
  tools: ChartTools,
  signal: AbortSignal,
): Promise<Inflated> {
  const own = {
    ...inputs,
    // What Helm says when it is asked to make up a name (helm/helm#6019).
    releaseName: request.releaseName || (request.nameTemplate === '' ? 'release-name' : ''),
    namespace: request.namespace || 'default',
    kubeVersion: request.kubeVersion,
    apiVersions: request.apiVersions ?? [],
    set: [],
    helm: { ...(inputs.helm?.engine === undefined ? {} : { engine: inputs.helm.engine }) },
  };
  const { nameTemplate, values } = request;
  const template = {
    ...templateRequest({ root: request.path, valuesFiles: [], local: [] }, own),
    nameTemplate,
    values,
  };
  const { pair, found } = await renderChart({ tree, request: template, files: [], told: [] }, tools, signal);
  const chosen = withoutSkipped(pair, { skipCrds: !request.includeCrds, skipTests: request.skipTests });
  const print = (answer: TemplateSuccess) =>
    printDocuments(
      request.skipHooks ? { ...answer, manifests: answer.manifests.filter(({ hook }) => hook === null) } : answer,
    );
  return {
    first: print(chosen.first),
    second: chosen.second === null ? null : print(chosen.second),
    findings: found.findings,
  };
}
