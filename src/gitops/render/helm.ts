import type { Rendered, RenderInputs } from '../../model/renderer.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';
import { fetchedFolder } from '../../world/sources/asked-for.ts';
import { fetchersFor } from '../../world/sources/fetchers.ts';
import type { Decoder } from './decoder.ts';
import type { RenderDependencies } from './dependencies.ts';
import { type ChartJob, renderChart } from './helm-chart.ts';
import { placeDocuments, withoutSkipped } from './helm-documents.ts';
import { helmSettings, templateRequest } from './helm-request.ts';
import { createHelmRun, type HelmRun } from './helm-run.ts';
import type { ClosableRenderer } from './kustomize.ts';

/**
 * Renders charts with Helm's own engine, as `helm template --include-crds` does: hooks apart, notes left out. What the clock
 * or random numbers decide is found by rendering twice, and marked. Dependencies that are not vendored are fetched first.
 */
export function createHelmRenderer(
  dependencies: RenderDependencies,
  decoder: Decoder,
  run: HelmRun = createHelmRun(dependencies),
): ClosableRenderer {
  return {
    name: 'helm',
    detects: (files) => files.includes('Chart.yaml'),
    render: async (application, tree, inputs, signal): Promise<Rendered> => {
      const job = await jobOf({ application, tree, inputs }, signal);
      const { fetchChart } = fetchersFor(dependencies, inputs.unfetched);
      const { pair, found } = await renderChart(job, { run, fetchChart }, signal);
      const chosen = withoutSkipped(pair, helmSettings(inputs));
      const rendered = await placeDocuments(chosen, { decoder, inputs, signal });
      return { ...rendered, findings: [...found.findings, ...rendered.findings] };
    },
    warm: () => run.warm(),
    close: () => run.close(),
  };
}

interface Wanted {
  readonly application: Application;
  readonly tree: Tree;
  readonly inputs: RenderInputs;
}

async function jobOf({ application, tree, inputs }: Wanted, signal: AbortSignal): Promise<ChartJob> {
  const settings = helmSettings(inputs);
  const { root } = application;
  const valuesFiles = settings.ignoreMissingValuesFiles
    ? await presentFiles(application.valuesFiles, tree, signal)
    : application.valuesFiles;
  return {
    tree,
    request: templateRequest({ root, valuesFiles, local: [] }, inputs),
    files: [...valuesFiles, ...settings.setFile.map(({ path }) => path)],
    // In what was fetched nobody can mend anything.
    told: [...valuesFiles, joinPath(root, 'values.yaml') ?? ''].filter((path) => !path.startsWith(`${fetchedFolder}/`)),
  };
}

async function presentFiles(files: readonly string[], tree: Tree, signal: AbortSignal): Promise<readonly string[]> {
  const present: string[] = [];
  for (const file of files) {
    const { kind } = await treeFiles(tree).resolve(file, signal);
    if (kind !== 'missing') present.push(file);
  }
  return present;
}
