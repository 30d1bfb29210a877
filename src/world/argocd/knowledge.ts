import { readClusterSecret } from '../../formats/argocd/cluster-secret.ts';
import { readProject } from '../../formats/argocd/project.ts';
import type {
  ArgoCdKnowledge,
  ArgoCdOptions,
  KnownCluster,
  KnownProject,
  Learned,
} from '../../model/argocd-knowledge.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonList, pick, pickText, pickTexts } from '../../model/json.ts';
import type { SecretStore } from '../../model/secret-store.ts';
import type { ArgoCdHome } from '../../model/server-settings.ts';

/** Where Argo CD lives, and how it is read. */
export interface KnowledgeOptions {
  readonly home: ArgoCdHome;
  readonly store: SecretStore;
  readonly now: () => Date;
}

/** It is read again after so many milliseconds. */
const freshMs = 60_000;

/** Reads what an Argo CD knows when it is first asked for, and again after a minute. What cannot be read is told as unknown. */
export function createKnowledge(options: KnowledgeOptions): () => Promise<ArgoCdKnowledge> {
  let held: { readonly at: number; readonly reading: Promise<ArgoCdKnowledge> } | null = null;
  return () => {
    const at = options.now().getTime();
    if (held === null || held.at + freshMs <= at) held = { at, reading: read(options) };
    return held.reading;
  };
}

async function read({ home, store }: KnowledgeOptions): Promise<ArgoCdKnowledge> {
  const [clusters, settings, parameters, projects, repoServer] = await Promise.all([
    learn('cluster Secrets', home, () => clustersOf(home, store)),
    learn('the ConfigMap argocd-cm', home, () => optionsOf('argocd-cm', home, store)),
    learn('the ConfigMap argocd-cmd-params-cm', home, () => optionsOf('argocd-cmd-params-cm', home, store)),
    learn('AppProjects', home, () => projectsOf(home, store)),
    learn('the Deployment argocd-repo-server', home, () => imageOf(home, store)),
  ]);
  return { namespace: home.namespace, clusters, settings, parameters, projects, repoServer };
}

async function learn<T>(what: string, { namespace }: ArgoCdHome, reading: () => Promise<T>): Promise<Learned<T>> {
  try {
    return { kind: 'known', value: await reading() };
  } catch (fault) {
    const cause = causeOf(fault);
    if (cause === null) throw fault;
    const why = `${what} of Argo CD in the namespace ${namespace} cannot be read: ${cause.message}`;
    return { kind: 'unknown', why, remedy: cause.remedy };
  }
}

function causeOf(fault: unknown): Pick<FairleadError, 'message' | 'remedy'> | null {
  if (fault instanceof FairleadError) return fault;
  const isLate = typeof fault === 'object' && fault !== null && 'name' in fault && fault.name === 'TimeoutError';
  return isLate ? { message: 'no answer in time', remedy: 'Look whether its cluster can be reached.' } : null;
}

/** As Argo CD has them: one of each name. */
async function clustersOf(home: ArgoCdHome, store: SecretStore): Promise<readonly KnownCluster[]> {
  const secrets = await store.secrets({ ...home, labelSelector: 'argocd.argoproj.io/secret-type=cluster' });
  const told = secrets.flatMap((secret) => readClusterSecret({ ...secret, kind: 'Secret' }) ?? []);
  const clusters = told.map(({ name, server, project, ...rest }): KnownCluster => {
    return { ...rest, name: name ?? '', server: server ?? '', project: project ?? '' };
  });
  return [...new Map(clusters.map((cluster) => [cluster.name, cluster])).values()];
}

/** One that is not there sets nothing. */
async function optionsOf(name: string, home: ArgoCdHome, store: SecretStore): Promise<ArgoCdOptions> {
  const found = await store.object({ ...home, group: '', version: 'v1', kind: 'ConfigMap', name });
  return found === null ? {} : pickTexts(found, 'data');
}

async function projectsOf(home: ArgoCdHome, store: SecretStore): Promise<ReadonlyMap<string, KnownProject>> {
  const found = await store.objects({ ...home, group: 'argoproj.io', kind: 'AppProject' });
  return new Map(found.map((one) => [pickText(one, 'metadata', 'name') ?? '', readProject(one)]));
}

async function imageOf(home: ArgoCdHome, store: SecretStore): Promise<string | null> {
  const id = { group: 'apps', version: 'v1', kind: 'Deployment', name: 'argocd-repo-server' };
  const containers = pick(await store.object({ ...home, ...id }), 'spec', 'template', 'spec', 'containers');
  const all = isJsonList(containers) ? containers : [];
  return pickText(all.find((one) => pickText(one, 'name') === id.name) ?? all[0], 'image') ?? null;
}
