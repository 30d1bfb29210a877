import { FairleadError } from '../../model/error.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';
import type { Decoder } from './decoder.ts';
import type { RenderDependencies } from './dependencies.ts';
import { placeDocuments, type RenderPair } from './helm-documents.ts';
import { remoteChart, templateError } from './helm-errors.ts';
import { readChartFiles } from './helm-files.ts';
import type { LocalChart, MissingChart } from './helm-message.ts';
import { createHelmRun, type HelmInput } from './helm-run.ts';
import type { ClosableRenderer } from './kustomize.ts';
import type { Rendered, RenderInputs } from './renderer.ts';

/** Dependencies of dependencies in the same repository; deeper is a circle. */
const MAX_LOCAL_ROUNDS = 2;

/**
 * Renders charts with Helm's own engine, as `helm template --include-crds` does: hooks apart, notes left out. What the clock
 * or random numbers decide is found by rendering twice, and marked.
 */
export function createHelmRenderer(dependencies: RenderDependencies, decoder: Decoder): ClosableRenderer {
  const run = createHelmRun(dependencies);

  async function renderPair(job: Job): Promise<RenderPair> {
    let local: readonly LocalChart[] = [];
    for (let round = 0; ; round++) {
      const answer = await run.render(await inputOf(job, local), job.signal);
      if (answer.ok) return answer;
      if (answer.missing === null || answer.missing.length === 0 || round === MAX_LOCAL_ROUNDS) {
        throw templateError(answer, job.application);
      }
      local = [...local, ...(await findLocal(answer.missing, job))];
    }
  }

  return {
    name: 'helm',
    detects: (files) => files.includes('Chart.yaml'),
    render: async (application, tree, inputs, signal): Promise<Rendered> => {
      const pair = await renderPair({ application, tree, inputs, signal });
      return placeDocuments(pair, { decoder, inputs, signal });
    },
    warm: () => run.warm(),
    close: () => run.close(),
  };
}

interface Job {
  readonly application: Application;
  readonly tree: Tree;
  readonly inputs: RenderInputs;
  readonly signal: AbortSignal;
}

async function inputOf({ application, tree, inputs, signal }: Job, local: readonly LocalChart[]): Promise<HelmInput> {
  const { root, valuesFiles } = application;
  const folders = [root, ...local.map((chart) => chart.root)];
  const files = await readChartFiles(tree, { folders, files: valuesFiles }, signal);
  const request = {
    method: 'template',
    engine: 'helm4',
    releaseName: inputs.releaseName,
    namespace: inputs.namespace,
    kubeVersion: inputs.kubeVersion,
    apiVersions: inputs.apiVersions,
    valuesFiles,
    set: inputs.set,
    chartRoot: root,
    localCharts: local,
  } as const;
  return { request, files };
}

/** The charts that are asked for by a path of this repository. Throws `remote-reference` for one that is not. */
async function findLocal(missing: readonly MissingChart[], { application, tree, signal }: Job): Promise<LocalChart[]> {
  const found: LocalChart[] = [];
  for (const chart of missing) {
    if (!chart.repository.startsWith('file://')) throw remoteChart(chart);
    const root = joinPath(application.root, chart.repository.slice('file://'.length));
    const place = root === null ? null : await treeFiles(tree).resolve(root, signal);
    if (place === null || place.kind === 'outside') throw outsideChart(chart);
    if (place.kind !== 'folder') throw remoteChart(chart);
    found.push({ name: chart.name, root: place.path });
  }
  return found;
}

function outsideChart({ name, repository, file }: MissingChart): FairleadError {
  return new FairleadError({
    code: 'refused',
    message: `${file} takes the chart ${name} from ${repository}, which is outside the repository.`,
    subject: file,
    remedy: 'Vendor it with `helm dependency build`, or refer to a chart of this repository.',
  });
}
