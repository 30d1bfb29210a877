import { decodeYaml } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonList, pick, pickText } from '../../model/json.ts';
import type { Source } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { mountTrees } from '../../tools/mount-trees.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';
import { askedFor, type FetchedRoot, fetchedFolder, fetchedFor } from '../../world/sources/asked-for.ts';
import type { FetchChart } from '../../world/sources/fetchers.ts';
import type { RenderPair } from './helm-documents.ts';
import { remoteChart } from './helm-errors.ts';
import type { HelmDocument, LocalChart, MissingChart, TemplateSuccess } from './helm-message.ts';

/** The charts that were found for a chart, and the tree they are read from. */
export interface Dependencies {
  readonly tree: Tree;
  readonly local: readonly LocalChart[];
  readonly fetched: readonly FetchedRoot[];
  readonly findings: readonly Finding[];
}

/** What is looked in for charts. */
export interface DependencySearch {
  /** Folder of the chart that depends on them. */
  readonly root: string;
  readonly fetchChart: FetchChart | null;
  readonly signal: AbortSignal;
}

/**
 * Adds the charts that are missing: by a path of the repository, else fetched by the version that Chart.lock or Chart.yaml
 * names. Throws `remote-reference` for one that is not fetched, `refused` for a path outside the repository, and what fetching
 * throws.
 */
export async function addDependencies(
  known: Dependencies,
  missing: readonly MissingChart[],
  search: DependencySearch,
): Promise<Dependencies> {
  let found = known;
  const unique = new Map(missing.map((chart) => [`${chart.name}\0${chart.version}\0${chart.repository}`, chart]));
  for (const chart of unique.values()) {
    found = chart.repository.startsWith('file://')
      ? { ...found, local: [...found.local, await localChart(chart, found.tree, search)] }
      : await addFetched(found, chart, search);
  }
  return found;
}

/** Says of what came out of fetched charts where they are asked for: their own files nobody can open. */
export function placeFetched(pair: RenderPair, { fetched }: Pick<Dependencies, 'fetched'>): RenderPair {
  if (fetched.length === 0) return pair;
  const place = (document: HelmDocument): HelmDocument => ({ ...document, ...askedFor(document, fetched) });
  const placeAll = (answer: TemplateSuccess): TemplateSuccess => ({
    ...answer,
    crds: answer.crds.map(place),
    manifests: answer.manifests.map(place),
  });
  return { ok: true, first: placeAll(pair.first), second: pair.second === null ? null : placeAll(pair.second) };
}

async function localChart(chart: MissingChart, tree: Tree, { root, signal }: DependencySearch): Promise<LocalChart> {
  const path = joinPath(root, chart.repository.slice('file://'.length));
  const place = path === null ? null : await treeFiles(tree).resolve(path, signal);
  if (place === null || place.kind === 'outside') throw outsideChart(chart);
  if (place.kind !== 'folder') throw remoteChart(chart);
  return { name: chart.name, root: place.path, folder: chart.name, packed: false };
}

async function addFetched(known: Dependencies, chart: MissingChart, search: DependencySearch): Promise<Dependencies> {
  const { name, version, repository } = chart;
  const { fetchChart, signal } = search;
  if (fetchChart === null || !/^(?:https?|oci):\/\//.test(repository)) throw remoteChart(chart);
  const askedAt = await dependencyPlace(chart, known.tree, signal);
  const asked = { what: `the chart ${name} ${version} of ${repository}`, place: askedAt, fetched: known.fetched };
  const { tree, resolved, isPinned } = await fetchedFor(asked, () =>
    fetchChart({ repository, name, version, digest: null }, signal),
  );
  const root = `${fetchedFolder}/charts/${known.fetched.length}`;
  const finding = chart.locked || isPinned ? [] : [unpinnedChart({ name, repository, version, resolved }, askedAt)];
  return {
    tree: mountTrees(known.tree, [{ path: root, tree }]),
    local: [...known.local, { name, root, folder: `${name}-${resolved}`, packed: true }],
    fetched: [...known.fetched, { root, askedAt }],
    findings: [...known.findings, ...finding],
  };
}

/** The line of a dependency in Chart.yaml or requirements.yaml; 1 where it cannot be told. */
async function dependencyPlace(
  { file, name, repository }: MissingChart,
  tree: Tree,
  signal: AbortSignal,
): Promise<Source> {
  const { path } = await treeFiles(tree).resolve(file, signal);
  const bytes = (await tree.read([path], signal)).get(path) ?? new Uint8Array();
  const [document] = decodeYaml({ file, bytes });
  const wanted = pick(document?.value, 'dependencies');
  const index = isJsonList(wanted)
    ? wanted.findIndex((one) => pickText(one, 'name') === name && pickText(one, 'repository') === repository)
    : -1;
  return { file, line: document?.lines.get(`/dependencies/${index}`) ?? 1 };
}

/** A chart that may be another one tomorrow, without a change in Git. */
export function unpinnedChart(
  chart: { readonly name: string; readonly repository: string; readonly version: string; readonly resolved: string },
  { file, line }: Source,
): Finding {
  const { name, repository, version, resolved } = chart;
  const asked = version === '' ? 'in no version' : `in version ${version}`;
  return {
    rule: 'unpinned-chart',
    severity: 'caution',
    target: null,
    resource: null,
    file,
    line,
    message: `The chart ${name} from ${repository} is asked for ${asked}, which is ${resolved} now and may be another one when it is deployed.`,
    fix: `Name the version ${resolved}, or commit the lock file.`,
  };
}

function outsideChart({ name, repository, file }: MissingChart): FairleadError {
  return new FairleadError({
    code: 'refused',
    message: `${file} takes the chart ${name} from ${repository}, which is outside the repository.`,
    subject: file,
    remedy: 'Vendor it with `helm dependency build`, or refer to a chart of this repository.',
  });
}
