import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Diagnosis, type Probe, teller } from '../features/doctor/diagnosis.ts';
import { examine } from '../features/doctor/examine.ts';
import { argocdProbe } from '../features/doctor/probe-argocd.ts';
import { argocdApiProbes } from '../features/doctor/probe-argocd-api.ts';
import { clusterProbes } from '../features/doctor/probe-cluster.ts';
import { dataProbe, gitProbe, modulesProbe } from '../features/doctor/probe-machine.ts';
import { type RepositoryTools, repositoryProbes } from '../features/doctor/probe-repository.ts';
import { knownRepositories, storeProbe } from '../features/doctor/probe-store.ts';
import { createRedactor, type Redactor } from '../formats/redaction/redactor.ts';
import { contextsOf, parseClusterMap } from '../model/cluster-map.ts';
import { FairleadError } from '../model/error.ts';
import { type RepoRef, repoKey } from '../model/repo.ts';
import { createKnowledge } from '../world/argocd/knowledge.ts';
import { type Clusters, createClusters } from '../world/cluster/kubernetes/access/clusters.ts';
import { defaultKubeconfigPaths } from '../world/cluster/kubernetes/kubeconfig.ts';
import { openProbe } from '../world/cluster/kubernetes/probe.ts';
import { createMirrors } from '../world/git/mirrors.ts';
import { givenApiToken } from './api-token.ts';
import { argocdApi } from './argocd-api.ts';
import { argocdHome, isRead } from './argocd-home.ts';
import type { CommandContext } from './context.ts';
import { dataFolder } from './data-folder.ts';
import { type DoctorForge, doctorForges } from './doctor-forges.ts';
import { applyNetwork } from './network.ts';
import { isSet } from './secret-files.ts';
import { type ServerConfiguration, serverConfiguration } from './server-configuration.ts';
import { namedClusters } from './told-clusters.ts';

/** Most repositories that are looked at. */
const mostRepositories = 20;

/** What `doctor` is told. */
export interface DiagnoseOptions {
  readonly config?: string;
  readonly cluster: readonly string[];
  readonly data?: string;
}

/** Looks at everything `serve` would use with the same options. Never throws for what it finds. */
export async function diagnose(
  options: DiagnoseOptions,
  context: CommandContext,
): Promise<{ readonly found: readonly Diagnosis[]; readonly redact: (text: string) => string }> {
  const redactor = createRedactor({ key: randomBytes(32) });
  const { told, configuration } = await configured(options, context);
  if (configuration === null) return { found: told, redact: redactor.text };
  const settled = { ...context, environment: configuration.environment };
  const { forges, complaint } = await forgesOf(configuration, redactor);
  const machine = machineProbes(options, settled);
  const clusters = openClusters(configuration, context, redactor);
  try {
    const { names, problem } = clusterNames(options, configuration);
    const subjects = names.flatMap((name) =>
      clusterProbes(subjectOf(name, { configuration, clusters, redactor }), now),
    );
    const argocd = [
      ...argocdProbes(configuration, context.options, clusters),
      ...argocdOf(configuration, context.options, redactor),
    ];
    const probes = [...machine, ...forges.flatMap((forge) => forge.probes), ...subjects, ...argocd];
    const found = await examine(probes, context.signal);
    const repositories = await lookAtRepositories({ forges, names, options, configuration }, settled);
    return {
      found: [...told, ...weakToken(configuration), ...complaint, ...problem, ...found, ...repositories],
      redact: redactor.text,
    };
  } finally {
    await clusters.close();
  }
}

const now = (): Date => new Date();

async function configured(options: DiagnoseOptions, context: CommandContext) {
  const tell = teller('configuration', 'server file');
  try {
    const configuration = await serverConfiguration(options.config, context);
    applyNetwork(context.options.routes, configuration.settings.caFile);
    const { file, settings } = configuration;
    const says =
      file === null ? 'none: flags and variables only' : `${file} is valid, repositories may ${settings.mode}`;
    return { configuration, told: [tell.ok(says)] };
  } catch (error) {
    return { configuration: null, told: [faultOf(error, 'server file')] };
  }
}

function faultOf(error: unknown, check: string): Diagnosis {
  if (!(error instanceof FairleadError)) throw error;
  return teller('configuration', check).fault(error.message, error.remedy);
}

/** A token of the API with which `serve` would not start. */
function weakToken({ environment }: ServerConfiguration): readonly Diagnosis[] {
  try {
    givenApiToken(environment);
    return [];
  } catch (error) {
    return [faultOf(error, 'token of the API')];
  }
}

async function forgesOf(configuration: ServerConfiguration, redactor: Redactor) {
  try {
    return { forges: await doctorForges(configuration, { redactor, now }), complaint: [] };
  } catch (error) {
    return { forges: [], complaint: [faultOf(error, 'forges')] };
  }
}

function machineProbes(options: DiagnoseOptions, { environment, options: settings }: CommandContext): readonly Probe[] {
  const dataDir = dataFolder(options.data, { environment, options: settings });
  const url = environment['DATABASE_URL'];
  const sourceDir = resolve(import.meta.dirname, '../../wasm');
  const modules = { cacheDir: settings.cacheDir, builtDir: settings.builtDir, sourceDir, env: environment };
  return [
    dataProbe(dataDir),
    storeProbe({ dataDir, databaseUrl: isSet(url) ? url : null }),
    gitProbe(environment),
    modulesProbe({ ...modules, onProgress: () => undefined }),
  ];
}

function argocdProbes(
  { settings: { argocd } }: ServerConfiguration,
  { routes }: CommandContext['options'],
  { secrets }: Clusters,
): readonly Probe[] {
  if (argocd === null || !isRead(argocd, routes)) return [];
  return [argocdProbe(createKnowledge({ home: argocd, store: secrets, now }))];
}

function openClusters({ settings }: ServerConfiguration, { options }: CommandContext, redactor: Redactor): Clusters {
  const paths = defaultKubeconfigPaths({ KUBECONFIG: options.kubeconfig ?? undefined, HOME: options.home });
  return createClusters({ kubeconfig: { paths }, entries: settings.clusters, ...options.routes }, redactor);
}

/** The API of Argo CD, where the file names one. */
function argocdOf(
  { settings, file, environment }: ServerConfiguration,
  { routes }: CommandContext['options'],
  redactor: Redactor,
): readonly Probe[] {
  const { argocd } = settings;
  if (argocd === null || argocd.api === null || file === null) return [];
  return argocdApiProbes(async () => {
    const home = await argocdHome(argocd, { environment, folder: dirname(file), file });
    const api = argocdApi({ argocd: home, routes }, redactor);
    if (api === null) throw new Error('an entry with an API has one');
    return api;
  });
}

function clusterNames(options: DiagnoseOptions, configuration: ServerConfiguration) {
  const { clusters, told = [] } = namedClusters(options.cluster, configuration);
  try {
    const names = contextsOf({ ...parseClusterMap(clusters), others: told });
    const none = teller('configuration', 'clusters').warning(
      'no cluster is told: reviews compare in Git only',
      'Name clusters in the file of the server, or with --cluster.',
    );
    return { names, problem: names.length === 0 ? [none] : [] };
  } catch (error) {
    return { names: [], problem: [faultOf(error, 'clusters')] };
  }
}

function subjectOf(
  name: string,
  {
    configuration,
    clusters,
    redactor,
  }: { readonly configuration: ServerConfiguration; readonly clusters: Clusters; readonly redactor: Redactor },
) {
  const entry = configuration.settings.clusters.get(name);
  return {
    name,
    namespace: entry?.namespace ?? 'default',
    hasTwoIdentities: (entry?.apply ?? null) !== null,
    open: async (identity: 'plan' | 'apply') => openProbe(await clusters.entrance(name, identity), redactor),
  };
}

interface RepositoryGround {
  readonly forges: readonly DoctorForge[];
  readonly names: readonly string[];
  readonly options: DiagnoseOptions;
  readonly configuration: ServerConfiguration;
}

/** Those the store knows and those the forges let us see, fetched into a folder that is thrown away. */
async function lookAtRepositories(ground: RepositoryGround, context: CommandContext): Promise<readonly Diagnosis[]> {
  const { forges, names, configuration } = ground;
  const repositories = await repositoriesOf(ground, context);
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-doctor-'));
  const mirrors = createMirrors(folder, { environment: context.environment });
  try {
    const opened = new Map(
      await Promise.all(forges.map(async ({ name, open }) => [name, await open().catch(() => null)] as const)),
    );
    const reachable = repositories.filter(({ forge }) => (opened.get(forge) ?? null) !== null);
    const tools = {
      forge: (name: string) => {
        const found = opened.get(name);
        if (found === undefined || found === null) throw new Error(`${name} was opened before`);
        return found;
      },
      inspect: inspectorsOf(forges),
      mirror: mirrors.open,
      engines: await context.engineNames(),
      clusters: names,
      check: 'fairlead',
      mode: configuration.settings.mode,
    };
    return await examine(
      reachable.flatMap((repo) => repositoryProbes(repo, tools)),
      context.signal,
      60_000,
    );
  } finally {
    await mirrors.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function inspectorsOf(forges: readonly DoctorForge[]): RepositoryTools['inspect'] {
  return async (repo, signal) => {
    const forge = forges.find(({ name }) => name === repo.forge);
    return forge === undefined ? null : (await forge.inspector()).repository(repo, signal);
  };
}

async function repositoriesOf(
  { forges, options }: RepositoryGround,
  context: CommandContext,
): Promise<readonly RepoRef[]> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(15_000)]);
  const seen = await Promise.all(
    // That a forge cannot be asked is told by its own checks.
    forges.map(async ({ inspector }) => (await inspector()).repositories(mostRepositories, signal).catch(() => [])),
  ).catch(() => []);
  const all = [...(await knownRepositories(dataFolder(options.data, context))), ...seen.flat()];
  const unique = new Map(all.map((repo) => [repoKey(repo), repo]));
  return [...unique.values()].slice(0, mostRepositories);
}
