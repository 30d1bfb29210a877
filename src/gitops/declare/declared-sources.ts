import type { DeclaredApplication, DeclaredSource, SourceOrigin, SourcePlace } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { RenderInputs } from '../../model/renderer.ts';
import type { Resource, Source } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { fetchedFor } from '../../world/sources/asked-for.ts';
import type { FetchedTree, SourceFetchers } from '../../world/sources/fetchers.ts';
import type { WantedGit } from '../../world/sources/sources.ts';

/** The files of a source. */
export interface OpenedSource {
  readonly source: DeclaredSource;
  readonly tree: Tree;
  /** '' where the tree is a chart. */
  readonly folder: string;
  /** Whether people find its files in the repository, at these paths. */
  readonly isHere: boolean;
  /** What the revision or version stands for now. */
  readonly resolved: string;
  readonly findings: readonly Finding[];
}

/** A source that only lends its files to others. */
export function isReference({ ref, place }: DeclaredSource): boolean {
  return ref !== null && place.kind !== 'chart' && place.path === '';
}

/** Where sources are opened. */
export interface Opening {
  readonly application: DeclaredApplication;
  /** The tree that declares the application. */
  readonly tree: Tree;
  readonly treeAt: RenderInputs['treeAt'];
  readonly fetchers: SourceFetchers;
}

/**
 * Gets the files of a source: those of the tree itself, of its repository at another revision, or fetched. Throws `FairleadError` with
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
  const { declaredAt } = opening.application;
  const local = origin === 'repository' && place.kind === 'git' ? await treeAt(place.revision, opening, signal) : null;
  if (local !== null) return { source, tree: local, folder, isHere: false, resolved: local.id, findings: [] };
  const asked = { what: describe(place), place: declaredAt, fetched: [] };
  const { tree, resolved, isPinned } = await fetchedFor(asked, () => fetchPlace(place, opening.fetchers, signal));
  const findings = isPinned ? [] : [unpinned(place, resolved, opening.application)];
  return { source, tree, folder, isHere: false, resolved, findings };
}

/** Where a resource of a source was written, as people find it: in the repository, else where the source is declared. */
export function placedIn(opened: Pick<OpenedSource, 'isHere'>, declaredAt: Source): (resource: Resource) => Resource {
  return (resource) => {
    if (resource.source === null || opened.isHere) return resource;
    return { ...resource, source: declaredAt, lines: new Map() };
  };
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

function unfetched(): FairleadError {
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
