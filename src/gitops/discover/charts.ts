import { isJsonList, type Json, pick, pickText } from '../../model/json.ts';
import { joinPath } from '../../tools/tree-files.ts';
import { type Found, folderInput, folderOf, isWithin, type Relation } from './found.ts';
import { isProse } from './ignored.ts';
import { isEnvironmentWord, type Placement, placementOf } from './layout.ts';
import type { Snapshot } from './snapshot.ts';
import { valuesFileOf } from './values-files.ts';

/** The charts of a tree. */
export interface Charts {
  readonly found: readonly Found[];
  /** Every chart's folder, libraries and dependencies included. */
  readonly folders: readonly string[];
  /** Folders that rendering the chart of a folder reads, itself first; empty where no chart stands. */
  foldersOf(root: string): readonly string[];
}

/** Whether a file makes its folder a chart. */
export function isChart(path: string): boolean {
  return path === 'Chart.yaml' || path.endsWith('/Chart.yaml');
}

interface Chart {
  readonly root: string;
  readonly isLibrary: boolean;
  /** Folders of charts it depends on by `file://`. */
  readonly dependencies: readonly string[];
}

/**
 * Finds charts that are deployed by themselves: not libraries, not vendored below another chart's `charts/`, not named by
 * another chart as a `file://` dependency. Each is one application per environment that has values, or one without.
 */
export async function findCharts(snapshot: Snapshot, signal: AbortSignal): Promise<Charts> {
  const roots = snapshot.files
    .map(({ path }) => path)
    .filter(isChart)
    .map(folderOf);
  const charts = await Promise.all(roots.map((root) => readChart(root, snapshot, signal)));
  const byRoot = new Map(charts.map((chart) => [chart.root, chart]));
  const used = new Set(charts.flatMap(({ dependencies }) => dependencies));
  const deployed = charts.filter((chart) => {
    return !chart.isLibrary && !used.has(chart.root) && !isVendored(chart.root, byRoot);
  });
  return {
    found: deployed.flatMap((chart) => applicationsOf(chart, byRoot, snapshot)),
    folders: roots,
    foldersOf: (root) => {
      const chart = byRoot.get(root);
      return chart === undefined ? [] : dependencyFolders(chart, byRoot);
    },
  };
}

async function readChart(root: string, snapshot: Snapshot, signal: AbortSignal): Promise<Chart> {
  const at = (name: string) => (root === '' ? name : `${root}/${name}`);
  const chart = (await snapshot.document(at('Chart.yaml'), signal))?.value;
  const requirements = (await snapshot.document(at('requirements.yaml'), signal))?.value;
  const dependencies = [...localDependencies(root, chart), ...localDependencies(root, requirements)];
  return { root, isLibrary: pickText(chart, 'type') === 'library', dependencies };
}

function localDependencies(root: string, value: Json | undefined): readonly string[] {
  const list = pick(value, 'dependencies');
  if (!isJsonList(list)) return [];
  return list.flatMap((dependency) => {
    const repository = pickText(dependency, 'repository') ?? '';
    const folder = repository.startsWith('file://') ? joinPath(root, repository.slice('file://'.length)) : null;
    return folder === null || folder === root ? [] : [folder];
  });
}

function isVendored(root: string, charts: ReadonlyMap<string, Chart>): boolean {
  return [...root.matchAll(/(?:^|\/)charts\//g)].some((match) => charts.has(root.slice(0, match.index)));
}

/** What the values files of a chart make of it. */
interface ValuesPlan {
  readonly shared: readonly string[];
  readonly environments: ReadonlyMap<string, readonly string[]>;
}

function applicationsOf(chart: Chart, charts: ReadonlyMap<string, Chart>, snapshot: Snapshot): readonly Found[] {
  const folders = dependencyFolders(chart, charts);
  const plan = planValues(chart.root, snapshot);
  const place = placementOf(chart.root);
  if (plan.environments.size === 0) return [foundOf({ folders, place, valuesFiles: plan.shared })];
  return [...plan.environments].map(([environment, files]) => {
    const named = { ...place, environment: joinEnvironments(place.environment, environment) };
    return foundOf({ folders, place: named, valuesFiles: [...plan.shared, ...files] });
  });
}

/** The folders of a chart and of all it depends on, itself first. */
function dependencyFolders(chart: Chart, charts: ReadonlyMap<string, Chart>): readonly string[] {
  const folders = new Set([chart.root]);
  for (const folder of folders) for (const next of charts.get(folder)?.dependencies ?? []) folders.add(next);
  return [...folders];
}

function planValues(root: string, snapshot: Snapshot): ValuesPlan {
  const shared: string[] = [];
  const environments = new Map<string, string[]>();
  for (const { path } of snapshot.files) {
    const values = isWithin(path, root) ? valuesFileOf(relative(path, root)) : null;
    if (values?.kind === 'shared') shared.push(path);
    if (values?.kind !== 'environment') continue;
    environments.set(values.environment, [...(environments.get(values.environment) ?? []), path]);
  }
  return { shared, environments };
}

/** A chart below `clusters/eu` with values for `prod` is prod's; with values for `a` it is `eu-a`. */
function joinEnvironments(fromPath: string | null, fromValues: string): string {
  if (fromPath === null || isEnvironmentWord(fromValues) || fromPath === fromValues) return fromValues;
  return `${fromPath}-${fromValues}`;
}

interface ChartApplication {
  /** The chart's own folder first. */
  readonly folders: readonly string[];
  readonly place: Placement;
  readonly valuesFiles: readonly string[];
}

function foundOf({ folders, place, valuesFiles }: ChartApplication): Found {
  const [root = ''] = folders;
  const inputs = [...folders.map(folderInput), ...valuesFiles];
  return {
    application: { ...place, root, renderer: 'helm', valuesFiles, inputs },
    relate: (path) => {
      if (valuesFiles.includes(path)) return 'values';
      const folder = folders.find((candidate) => isWithin(path, candidate));
      return folder === undefined ? null : relateInside(relative(path, folder), place.environment);
    },
  };
}

function relateInside(path: string, environment: string | null): Relation | null {
  const values = valuesFileOf(path);
  // A values file that is no longer there still tells by its name whose it was.
  if (values?.kind === 'environment') return values.environment === environment ? 'values' : null;
  if (values?.kind === 'unused' || isProse(path)) return null;
  return values?.kind === 'shared' || path === 'values.yaml' ? 'values' : 'chart';
}

function relative(path: string, folder: string): string {
  return folder === '' ? path : path.slice(folder.length + 1);
}
