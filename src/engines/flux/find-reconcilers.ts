import { stringifyJson } from '../../formats/json.ts';
import { type JsonObject, pick } from '../../model/json.ts';
import { someOf } from '../../model/some-of.ts';
import type { EngineWork } from '../engine.ts';
import { followsBranch, type GitSource, isOfRepository } from './git-source.ts';
import { type Ref, trimPath } from './kustomization.ts';
import type { FluxObjects, Reconciler } from './list-objects.ts';

/** Objects told of when none fits. */
const mostTold = 5;

/** What carries out some work, with the source it reads. */
export interface Pair {
  readonly source: GitSource;
  readonly reconciler: Reconciler;
}

/** `missing` says what was looked for when nothing carries it out. */
export type Found =
  | { readonly kind: 'found'; readonly pairs: readonly Pair[] }
  | { readonly kind: 'none'; readonly missing: string };

type Wanted = Pick<EngineWork, 'urls' | 'root' | 'branch' | 'target'>;

/**
 * Chooses what carries out some work: Kustomizations and HelmReleases that name its folder; only when there is none, Kustomizations
 * of a folder above it. When several render one folder differently, those that bear the name of the environment.
 */
export function findReconcilers(objects: FluxObjects, work: Wanted): Found {
  const candidates = pairsOf(objects).filter(
    ({ source, reconciler }) => followsBranch(source, work) && !reconciler.isRemote,
  );
  const root = trimPath(work.root);
  const exact = candidates.filter(({ reconciler }) => reconciler.path === root);
  const around = candidates.filter(({ reconciler }) => isAround(reconciler, root));
  for (const found of [exact, around]) if (found.length > 0) return ofOneRendering(found, work);
  return { kind: 'none', missing: describeMissing(objects, work) };
}

/** Whether it covers a folder without naming it, so that more than that folder is in its inventory. */
export function isAround({ kind, path }: Reconciler, root: string): boolean {
  return kind === 'kustomization' && path !== root && (path === '' || root.startsWith(`${path}/`));
}

function pairsOf({ sources, reconcilers }: FluxObjects): readonly Pair[] {
  return reconcilers.flatMap((reconciler) => {
    const source = sources.find((one) => reconciler.source !== null && isNamed(one, reconciler.source));
    return source === undefined ? [] : [{ source, reconciler }];
  });
}

function isNamed({ id }: GitSource, { namespace, name }: Ref): boolean {
  return id.namespace === namespace && id.name === name;
}

/** What renders alike (into several namespaces) belongs together; a request to the wrong one would reach another stage. */
function ofOneRendering(found: readonly Pair[], { root, target }: Wanted): Found {
  if (renderings(found) === 1) return { kind: 'found', pairs: found };
  const { environment } = target;
  const named = found.filter(({ reconciler }) => environment !== null && bearsName(reconciler, environment));
  if (renderings(named) === 1) return { kind: 'found', pairs: named };
  const names = found.map(({ reconciler }) => reconciler.title).join(', ');
  const missing = `Flux renders folder ${root || '/'} in several ways (${names}), and it cannot be told which is ${environment ?? 'this target'}; name the environment in their names or namespaces.`;
  return { kind: 'none', missing };
}

function renderings(found: readonly Pair[]): number {
  return new Set(found.map(({ reconciler }) => stringifyJson(renderingOf(reconciler)))).size;
}

/** All of a spec that decides what comes out of the folder, but for the namespace it goes into. */
function renderingOf({ object, kind, path }: Reconciler): JsonObject {
  const keys =
    kind === 'kustomization'
      ? ['patches', 'images', 'components', 'postBuild', 'namePrefix', 'nameSuffix', 'commonMetadata']
      : ['values', 'valuesFrom', 'postRenderers', 'chart'];
  return { kind, path, ...Object.fromEntries(keys.map((key) => [key, pick(object, 'spec', key) ?? null])) };
}

/** Whether a word of its name or namespaces is the environment's name. */
function bearsName({ id, object }: Reconciler, environment: string): boolean {
  const texts = [id.name, id.namespace, pick(object, 'spec', 'targetNamespace')];
  return texts.some((text) =>
    String(text ?? '')
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .includes(environment.toLowerCase()),
  );
}

function describeMissing(objects: FluxObjects, work: Wanted): string {
  const sought = `folder ${work.root || '/'} of ${work.urls[0] ?? 'the repository'}, branch ${work.branch}`;
  const ours = objects.sources.filter((source) => isOfRepository(source, work));
  const pairs = pairsOf({ ...objects, sources: ours });
  const told = someOf(pairs.map(describePair), mostTold, '; ');
  return `Flux has no Kustomization or HelmRelease for ${sought}; ${told === '' ? describeSources(objects, ours) : `it has ${told}`}.`;
}

function describePair({ source, reconciler }: Pair): string {
  const where = reconciler.isRemote ? ', in another cluster' : '';
  return `${reconciler.title} (${reconciler.path || '/'} of ${describeSource(source)}${where})`;
}

function describeSources({ sources }: FluxObjects, ours: readonly GitSource[]): string {
  if (ours.length === 0) return `none of its ${sources.length} GitRepositories is of this repository`;
  return `nothing reads ${ours.slice(0, mostTold).map(describeSource).join(', ')}`;
}

function describeSource({ title, branch }: GitSource): string {
  return `${title} at ${branch === null ? 'no branch' : `branch ${branch}`}`;
}
