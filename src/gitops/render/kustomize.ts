import { createHash } from 'node:crypto';
import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Renderer, RenderInputs } from '../../model/renderer.ts';
import type { Resource } from '../../model/resource.ts';
import { askedFor } from '../../world/sources/asked-for.ts';
import { fetchersFor } from '../../world/sources/fetchers.ts';
import { withLent } from '../../world/sources/lent.ts';
import { assign } from './assign.ts';
import type { RenderDependencies } from './dependencies.ts';
import type { ChartTools } from './helm-chart.ts';
import { markRandom, type Placed } from './helm-compare.ts';
import { createHelmRun, type HelmRun } from './helm-run.ts';
import { type ChartRequest, type Inflated, inflateChart } from './inflate.ts';
import { builtObjects, wantedCharts } from './kustomize-answer.ts';
import { gatherSources, type KustomizeSources } from './kustomize-sources.ts';
import { createModulePool, type ModulePool } from './module-pool.ts';
import { findSources } from './provenance.ts';
import { tooMany } from './refuse.ts';
import { createRenderCache } from './render-cache.ts';
import { type KustomizationFile, unmatched } from './unmatched.ts';

/** A renderer that holds threads until it is closed; `warm` starts them ahead of the first render. */
export type ClosableRenderer = Renderer & { warm(): void; close(): Promise<void> };

const CACHE_CHARACTERS = 32 * 1024 * 1024;

/** Each is a render of its own. */
const MAX_CHARTS = 200;

/**
 * Renders kustomizations with kustomize's own library, as `kustomize build --enable-helm` does with its default restrictions, or as the
 * inputs say:
 * charts come from the Helm module, what is not in the repository is fetched first.
 */
export function createKustomizeRenderer(
  dependencies: RenderDependencies,
  run: HelmRun = createHelmRun(dependencies),
): ClosableRenderer {
  const pool = createModulePool('kustomize', dependencies);
  const build = createBuild(pool, dependencies.maxMemoryMb);
  return {
    name: 'kustomize',
    detects: (files) => files.some((file) => kustomizationNames.includes(file)),
    render: async ({ root }, tree, inputs, signal) => {
      const fetchers = withLent(fetchersFor(dependencies, inputs.unfetched), inputs.lent);
      const tools = { build, charts: { run, fetchChart: fetchers.fetchChart } };
      const inflatesCharts = inputs.kustomize?.inflatesCharts !== false;
      const sources = await gatherSources({ root, tree, inflatesCharts }, fetchers, signal);
      const [broken] = sources.closure.broken;
      if (broken !== undefined) throw broken;
      const job = { root, sources, inputs, files: await readFiles(root, sources, signal) };
      const { first, second, charts, findings } = await buildInflated(job, tools, signal);
      const resources = resourcesOf(first, charts, job);
      const idle = unmatched(kustomizationsOf(job), job.files.contents, resources);
      return {
        resources: second === null ? resources : marked(resources, resourcesOf(second, charts, job)),
        hooks: [],
        findings: [...sources.findings, ...findings, ...idle],
      };
    },
    warm: () => pool.warm(),
    close: async () => {
      await Promise.all([pool.close(), run.close()]);
    },
  };
}

/** Runs kustomize once, with what helm printed so far, and gives the module's answer. */
type Build = (job: Job, printed: Printed, signal: AbortSignal) => Promise<string>;

function createBuild(pool: ModulePool, memoryMb: number): Build {
  const cache = createRenderCache(CACHE_CHARACTERS);
  return async ({ root, files, inputs }, printed, signal) => {
    const { kubeVersion, apiVersions } = inputs;
    const readsOutside = inputs.kustomize?.readsOutside === true;
    const header = { path: root, memoryMb, kubeVersion, apiVersions, printed, readsOutside };
    const key = createHash('sha256')
      .update(JSON.stringify([files.key, header]))
      .digest('base64');
    const known = cache.get(key);
    if (known !== undefined) return known;
    const sizes = files.list.map(({ path, bytes }) => ({ path, size: bytes.length }));
    const payload = files.list.map(({ bytes }) => bytes);
    const text = await pool.run({ header: { ...header, files: sizes }, payload, seed: 0, now: 0 }, root || '.', signal);
    cache.set(key, text);
    return text;
  };
}

/** Builds again as long as the build asks for further charts. */
async function buildInflated(
  job: Job,
  { build, charts: tools }: { readonly build: Build; readonly charts: ChartTools },
  signal: AbortSignal,
): Promise<Built> {
  let charts: Charts = { first: {}, second: {}, differ: false, made: [], findings: [] };
  for (;;) {
    const answer = await build(job, charts.first, signal);
    const wanted = wantedCharts(answer).filter(({ key }) => !(key in charts.first));
    if (wanted.length === 0) {
      const second = charts.differ ? builtObjects(await build(job, charts.second, signal), job.root) : null;
      return { first: builtObjects(answer, job.root), second, charts: charts.made, findings: charts.findings };
    }
    if (charts.made.length + wanted.length > MAX_CHARTS)
      throw tooMany(job.root, `inflate more than ${MAX_CHARTS} charts`);
    for (const request of wanted) {
      const made = await inflateChart({ request, tree: job.sources.tree, inputs: job.inputs }, tools, signal);
      charts = withChart(charts, request, made);
    }
  }
}

function withChart(charts: Charts, { key, path }: ChartRequest, made: Inflated): Charts {
  return {
    made: [...charts.made, { path, printed: made.first }],
    first: { ...charts.first, [key]: made.first },
    second: { ...charts.second, [key]: made.second ?? made.first },
    differ: charts.differ || made.second !== null,
    findings: [...charts.findings, ...made.findings],
  };
}

interface Job {
  readonly root: string;
  readonly sources: KustomizeSources;
  readonly files: Files;
  readonly inputs: RenderInputs;
}

/** What helm printed, by the key of the request. */
type Printed = Readonly<Record<string, string>>;

interface Charts {
  readonly first: Printed;
  readonly second: Printed;
  /** Whether the two differ. */
  readonly differ: boolean;
  readonly made: readonly MadeChart[];
  readonly findings: readonly Finding[];
}

interface MadeChart {
  readonly path: string;
  readonly printed: string;
}

interface Built {
  readonly first: readonly JsonObject[];
  /** With the charts' other render; null where one says it all. */
  readonly second: readonly JsonObject[] | null;
  readonly charts: readonly MadeChart[];
  readonly findings: readonly Finding[];
}

interface Files {
  /** In the order they are sent, by the path kustomize looks for. */
  readonly list: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** By real path. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Equal for equal input. */
  readonly key: string;
}

async function readFiles(root: string, { closure, tree }: KustomizeSources, signal: AbortSignal): Promise<Files> {
  const placed = [...closure.placements].sort(([left], [right]) => (left < right ? -1 : 1));
  const contents = await tree.read([...new Set(placed.map(([, file]) => file))], signal);
  const hash = createHash('sha256').update(root);
  const list = placed.flatMap(([path, file]) => {
    const bytes = contents.get(file);
    if (bytes === undefined) return [];
    hash.update(`\0${path}\0${bytes.length}\0`).update(bytes);
    return [{ path, bytes }];
  });
  return { list, contents, key: hash.digest('base64') };
}

function resourcesOf(
  objects: readonly JsonObject[],
  made: readonly MadeChart[],
  { sources, files, inputs }: Job,
): readonly Resource[] {
  const { closure } = sources;
  const charts = made.flatMap(({ path, printed }) => {
    const namedAt = closure.inflated.find(({ folder }) => folder === path);
    return namedAt === undefined ? [] : [{ printed, namedAt }];
  });
  const places = findSources(objects, { files: files.contents, closure, charts });
  const loose = objects.map((object, index) => {
    const place = places[index] ?? null;
    return { object, source: place && askedFor(place, sources.fetched), lines: new Map(), random: [] };
  });
  return assign(loose, inputs);
}

/** The kustomization files of this repository; in what was fetched nobody can mend anything. */
function kustomizationsOf({ sources, files }: Job): readonly KustomizationFile[] {
  return [...files.contents].flatMap(([path, bytes]) => {
    const isFetched = sources.fetched.some(({ root }) => path.startsWith(`${root}/`));
    const isOne = kustomizationNames.includes(path.slice(path.lastIndexOf('/') + 1));
    return isOne && !isFetched ? [{ path, bytes }] : [];
  });
}

/** Marks what differs between the two, which kustomize gives in one order. */
function marked(first: readonly Resource[], second: readonly Resource[]): readonly Resource[] {
  const place = (resource: Resource): Placed => ({ origin: resource.id.kind, isHook: false, resource });
  return markRandom(first.map(place), second.map(place)).map(({ resource }) => resource);
}
