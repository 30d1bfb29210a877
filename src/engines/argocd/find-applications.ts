import { stringifyJson } from '../../formats/json.ts';
import { someOf } from '../../model/some-of.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import type { EngineWork } from '../engine.ts';
import { type ArgoApplication, applicationType, readApplication } from './application.ts';
import { isDestination, type TargetCluster } from './match-destination.ts';
import { isOfRepository, matchSources } from './match-source.ts';

/** Pages of a list, and Applications in each. */
const most = { pages: 100, limit: 500 };

/** Applications told of when none fits. */
const mostTold = 5;

/** The Applications that carry out some work; `missing` says what was looked for when there is none. */
export type Found =
  | { readonly kind: 'found'; readonly apps: readonly ArgoApplication[] }
  | { readonly kind: 'none'; readonly missing: string };

/** All Applications of a namespace. Throws `BorderError`. */
export async function listApplications(
  control: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly ArgoApplication[]> {
  const apps: ArgoApplication[] = [];
  let page: string | null = null;
  for (let count = 0; count < most.pages; count += 1) {
    const options = { namespace, labelSelector: null, metadataOnly: false, page, limit: most.limit };
    const found = await control.list(applicationType, options, signal);
    apps.push(...found.items.map(readApplication));
    page = found.next;
    if (page === null) break;
  }
  return apps;
}

/**
 * Chooses the Applications that carry out some work: those that name its folder; only when there is none, those around it. When
 * several render one folder differently (a chart with values for each stage), those that bear the name of the environment.
 */
export function findApplications(
  apps: readonly ArgoApplication[],
  work: Pick<EngineWork, 'urls' | 'root' | 'branch' | 'target'>,
  cluster: TargetCluster,
): Found {
  const here = apps.filter((app) => isDestination(app, cluster));
  const matched = here.map((app) => ({ app, match: matchSources(app, work) }));
  for (const wanted of ['exact', 'around'] as const) {
    const found = matched.filter(({ match }) => match === wanted).map(({ app }) => app);
    if (found.length > 0) return ofOneRendering(found, work);
  }
  return { kind: 'none', missing: describeMissing(apps, work, cluster) };
}

/** Applications that render alike (in several namespaces) belong together; a sync of the wrong one would reach another stage. */
function ofOneRendering(found: readonly ArgoApplication[], work: Pick<EngineWork, 'root' | 'target'>): Found {
  if (renderings(found) === 1) return { kind: 'found', apps: found };
  const { environment } = work.target;
  const named = found.filter((app) => environment !== null && bearsName(app, environment));
  if (renderings(named) === 1) return { kind: 'found', apps: named };
  const names = found.map(({ name }) => name).join(', ');
  const missing = `Argo CD has Applications that render folder ${work.root || '/'} differently (${names}), and it cannot be told which is ${environment ?? 'this target'}; name the environment in their names or value files.`;
  return { kind: 'none', missing };
}

function renderings(apps: readonly ArgoApplication[]): number {
  return new Set(apps.map(({ sources }) => stringifyJson(sources.map(({ rendering }) => rendering)))).size;
}

/** Whether a word of its name, namespace or value files is the environment's name. */
function bearsName({ name, destination, sources }: ArgoApplication, environment: string): boolean {
  const texts = [name, destination.namespace ?? '', ...sources.flatMap(({ valueFiles }) => valueFiles)];
  return texts.some((text) =>
    text
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .includes(environment.toLowerCase()),
  );
}

function describeMissing(
  apps: readonly ArgoApplication[],
  work: Pick<EngineWork, 'urls' | 'root' | 'branch'>,
  { destinations, isControl }: TargetCluster,
): string {
  const clusters = [...destinations, ...(isControl ? ['the cluster Argo CD runs in'] : [])].join(', ');
  const sought = `folder ${work.root || '/'} of ${work.urls[0] ?? 'the repository'}, branch ${work.branch}, on ${clusters}`;
  const ofRepository = apps.filter(({ sources }) => sources.some((source) => isOfRepository(source, work.urls)));
  const told = someOf(ofRepository.map(describeApplication), mostTold, '; ');
  const there = told === '' ? `none of its ${apps.length} Applications reads this repository` : `it has ${told}`;
  return `Argo CD has no Application for ${sought}; ${there}.`;
}

function describeApplication({ name, sources, destination }: ArgoApplication): string {
  const from = sources.map(
    ({ path, revision }) => `${path === null ? 'values' : path || '/'} at ${revision || 'HEAD'}`,
  );
  return `${name} (${from.join(', ')} on ${destination.server ?? destination.name ?? 'no cluster'})`;
}
