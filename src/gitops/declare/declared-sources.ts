import type { DeclaredApplication, DeclaredSource, SourceOrigin, SourcePlace } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { LentTree } from '../../model/lent.ts';
import type { RenderInputs } from '../../model/renderer.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { fetchedFor } from '../../world/sources/asked-for.ts';
import { type FetchedTree, type SourceFetchers, sourceFetchersFor } from '../../world/sources/fetchers.ts';
import { withLent } from '../../world/sources/lent.ts';
import type { WantedGit } from '../../world/sources/sources.ts';
import { declarationOf } from './declaration-of.ts';

/** The files of a source. */
export interface OpenedSource {
  readonly source: DeclaredSource;
  readonly tree: Tree;
  /** '' where the tree is a chart. */
  readonly folder: string;
  /** Whether people find its files in the repository, at these paths. */
  readonly isHere: boolean;
  /** Whose files they are, where another repository lends them; left out: nobody does. */
  readonly lent?: LentTree;
  /** What the revision or version stands for now. */
  readonly resolved: string;
  readonly findings: readonly Finding[];
}

/** An application of a tree, and what it is rendered with. */
export interface DeclaredRender {
  readonly application: Application;
  /** The tree that declares it. */
  readonly tree: Tree;
  readonly inputs: RenderInputs;
}

/** Gets the files of all sources of an application, in their order. Throws what `openSource` throws. */
export async function openDeclared(
  { application, tree, inputs }: DeclaredRender,
  fetchers: SourceFetchers,
  signal: AbortSignal,
): Promise<readonly OpenedSource[]> {
  const { application: declared, origins } = declarationOf(application);
  const { unfetched, treeAt, lent } = inputs;
  const allowed = withLent(sourceFetchersFor(fetchers, unfetched), lent);
  const opening = { application: declared, tree, treeAt, lent, fetchers: allowed };
  const opened: OpenedSource[] = [];
  for (const [index, source] of declared.sources.entries()) {
    opened.push(await openSource(source, origins[index] ?? 'elsewhere', opening, signal));
  }
  return opened;
}

/** Where sources are opened. */
export interface Opening {
  readonly application: DeclaredApplication;
  /** The tree that declares the application. */
  readonly tree: Tree;
  readonly treeAt: RenderInputs['treeAt'];
  readonly lent?: RenderInputs['lent'];
  readonly fetchers: SourceFetchers;
}

/**
 * Gets the files of a source: those of the tree itself, of its repository at another revision, of one that lends them, or fetched. Throws `FairleadError` with
 * the place of the declaration: `source-missing` for a revision that is not there, `remote-reference` for what is not fetched, and what
 * fetching throws.
 */
export async function openSource(
  source: DeclaredSource,
  origin: SourceOrigin,
  opening: Opening,
  signal: AbortSignal,
): Promise<OpenedSource> {
  const { place } = source;
  const folder = place.kind === 'chart' || place.path === '.' ? '' : place.path;
  if (origin === 'tree') {
    return { source, tree: opening.tree, folder, isHere: true, resolved: opening.tree.id, findings: [] };
  }
  const { lent } = opening;
  if (origin === 'lent' && lent !== undefined) {
    return { source, tree: lent.tree, folder, isHere: false, lent, resolved: lent.tree.id, findings: [] };
  }
  const { declaredAt } = opening.application;
  const local = origin === 'repository' && place.kind === 'git' ? await treeAt(place.revision, opening, signal) : null;
  if (local !== null) return { source, tree: local, folder, isHere: false, resolved: local.id, findings: [] };
  const asked = { what: describe(place), place: declaredAt, fetched: [] };
  const { tree, resolved, isPinned } = await fetchedFor(asked, () => fetchPlace(place, opening.fetchers, signal));
  const findings = isPinned ? [] : [unpinned(place, resolved, opening.application)];
  return { source, tree, folder, isHere: false, resolved, findings };
}

async function treeAt(revision: string, { treeAt: at }: Opening, signal: AbortSignal): Promise<Tree | null> {
  return at === undefined ? null : at(revision, signal);
}

async function fetchPlace(
  place: SourcePlace,
  { fetchChart, fetchGit, fetchArtifact }: SourceFetchers,
  signal: AbortSignal,
): Promise<FetchedTree> {
  switch (place.kind) {
    case 'git':
      if (fetchGit === null) throw unfetched();
      return fetchGit(gitOf(place), signal);
    case 'chart': {
      if (fetchChart === null) throw unfetched();
      const { repository, name, version } = place;
      return fetchChart({ repository: withScheme(repository), name, version, digest: null }, signal);
    }
    case 'oci':
      if (fetchArtifact === null) throw unfetched();
      return fetchArtifact({ url: place.url, revision: place.revision }, signal);
    default:
      return place satisfies never;
  }
}

function gitOf({ url, revision, reads }: Extract<SourcePlace, { kind: 'git' }>): WantedGit {
  return { url, revision, ...(reads === undefined ? {} : { reads }) };
}

/** Argo CD writes a registry without a scheme. */
function withScheme(repository: string): string {
  return /^[a-z]+:\/\//i.test(repository) ? repository : `oci://${repository}`;
}

function describe(place: SourcePlace): string {
  if (place.kind === 'chart') return `the chart ${place.name} ${place.version} of ${place.repository}`;
  return place.revision === '' ? place.url : `${place.url} at ${place.revision}`;
}

/** Nothing is fetched at all. */
export function unfetched(): FairleadError {
  return new FairleadError({
    code: 'remote-reference',
    message: 'it is outside the repository, and nothing is fetched here.',
    subject: 'source',
    remedy: 'List its host under `sources` of the server’s configuration.',
  });
}

function unpinned(place: SourcePlace, resolved: string, { declaredAt, name }: DeclaredApplication): Finding {
  const isChart = place.kind === 'chart';
  const asked = isChart ? place.version : place.revision;
  return {
    rule: isChart ? 'unpinned-chart' : 'unpinned-base',
    // A branch of another repository is how values are shared; a range of versions is seldom meant.
    severity: isChart ? 'caution' : 'note',
    target: null,
    resource: null,
    file: declaredAt.file,
    line: declaredAt.line,
    message: `${name} takes ${describe(place)}, which is ${resolved} now and may be something else when it is deployed.`,
    fix: asked === resolved ? null : `Name ${resolved}.`,
  };
}
