import type { Tree } from '../../model/tree.ts';
import { askedFor } from '../../world/sources/asked-for.ts';
import type { RenderDependencies } from './dependencies.ts';
import { addDependencies, type Dependencies, placeFetched } from './helm-dependencies.ts';
import type { RenderPair } from './helm-documents.ts';
import { templateError } from './helm-errors.ts';
import { readChartFiles } from './helm-files.ts';
import type { TemplateRequest } from './helm-message.ts';
import type { HelmInput, HelmRun } from './helm-run.ts';
import { unreadValues } from './unread-values.ts';

/** Dependencies of dependencies in the same repository; deeper is a circle. */
const MAX_LOCAL_ROUNDS = 2;

/** A chart to render, with the values files it reads. */
export interface ChartJob {
  readonly tree: Tree;
  /** All but the charts that are laid below charts/. */
  readonly request: TemplateRequest;
  /** Read beside the chart: values files, files that are assigned. */
  readonly files: readonly string[];
  /** Values files of which it is told what no template reads. */
  readonly told: readonly string[];
}

/** What charts are rendered with. */
export interface ChartTools extends Pick<RenderDependencies, 'fetchChart'> {
  readonly run: HelmRun;
}

/** Renders one chart, with what it depends on. Throws what `Renderer.render` throws. */
export async function renderChart(
  { tree, request, files, told }: ChartJob,
  { run, fetchChart }: ChartTools,
  signal: AbortSignal,
): Promise<{ readonly pair: RenderPair; readonly found: Dependencies }> {
  const root = request.chartRoot;
  let found: Dependencies = { tree, local: [], fetched: [], findings: [] };
  for (let round = 0; ; round++) {
    const folders = [root, ...found.local.map((chart) => chart.root)];
    const contents = await readChartFiles(found.tree, { folders, files }, signal);
    const input: HelmInput = { request: { ...request, localCharts: found.local }, files: contents };
    const answer = await run.render(input, signal);
    if (answer.ok) {
      const findings = [...found.findings, ...unreadValues(contents, told)];
      return { pair: placeFetched(answer, found), found: { ...found, findings } };
    }
    if (answer.missing === null || answer.missing.length === 0 || round === MAX_LOCAL_ROUNDS) {
      throw templateError({ ...answer, ...askedFor(answer, found.fetched) }, { root });
    }
    found = await addDependencies(found, answer.missing, { root, fetchChart, signal });
  }
}
