import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { locateModule } from '../../formats/wasm/locate-module.ts';
import type { JsonObject } from '../../model/json.ts';
import { type ApiServer, startApiServer } from '../../pretend/api-server/api-server.ts';
import { openMerge } from '../../pretend/api-server/merge.ts';
import { imagesOf } from '../../pretend/api-server/workloads/failure.ts';
import type { WorkloadOptions } from '../../pretend/api-server/workloads/options.ts';
import { type PretendGitHub, startGitHub } from '../../pretend/github/github.ts';
import type { ServiceOptions } from '../context.ts';
import type { Services } from '../services.ts';
import { appYaml, sourceDir } from './places.ts';
import type { Story } from './story.ts';

/** The pretend clusters: environment -> context. */
export const clusters = { staging: 'stg-eu', prod: 'prod-eu' } as const;

/** A GitHub and two clusters that hold what the story's base says. */
export interface World {
  readonly dir: string;
  readonly github: PretendGitHub;
  readonly apiServers: Readonly<Record<'staging' | 'prod', ApiServer>>;
  /** Services whose kubeconfig has the contexts of `clusters`. */
  readonly services: Services;
  readonly close: () => Promise<void>;
}

/** What the world is made with. */
export interface WorldOptions {
  readonly options: ServiceOptions;
  readonly createServices: (options: ServiceOptions) => Promise<Services>;
  readonly signal: AbortSignal;
}

/** Starts the pretend world on loopback; its clusters begin with what the story's base renders to. */
export async function startWorld(story: Story, { options, createServices, signal }: WorldOptions): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'fairlead-demo-'));
  const opened: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const end of opened.reverse()) await end();
  };
  try {
    const kubeconfig = join(dir, 'kubeconfig');
    const services = await createServices({ ...options, kubeconfig, routes: { ...options.routes, untrusted: [] } });
    opened.push(services.close);
    const repository = join(dir, 'repository');
    await writeFiles(repository, story.base);
    const modules = { ...options, sourceDir, onProgress: options.notice, env: options.childEnvironment };
    const merge = openMerge(await locateModule('merge', modules, signal), Date.now);
    opened.push(merge.close);
    const start = async (environment: string): Promise<ApiServer> => {
      const seed = renderAll(repository, environment, services, signal);
      const fixed = {
        mergeModule: merge,
        now: Date.now,
        token: null,
        seedManager: 'fairlead',
        cacheDir: options.cacheDir,
        ...workloads(environment),
      };
      const server = await startApiServer({ ...fixed, seed });
      opened.push(server.close);
      await server.ready;
      return server;
    };
    const github = await startGitHub({
      appYaml: await appYaml(),
      now: () => new Date(),
      dir: join(dir, 'github'),
      bodies: 'trusted',
    });
    opened.push(github.close);
    const [staging, prod] = await Promise.all([start('staging'), start('prod')]);
    await writeFile(kubeconfig, kubeconfigText({ [clusters.staging]: staging.url, [clusters.prod]: prod.url }));
    return { dir, github, apiServers: { staging, prod }, services, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The image of which the pods crash in prod, and what they write before. */
const crashing = {
  image: 'registry.example/shop/checkout:2.10.0',
  logs: 'checkout 2.10.0 starting\nreading /etc/checkout/config.yaml\nconfig: unknown key "db.poolSize"\n',
};

/** Pods run in both clusters; in prod those of one image crash, as only prod has the configuration they choke on. */
function workloads(environment: string): { readonly workloads: WorkloadOptions } {
  const fails: WorkloadOptions['fails'] = (template) =>
    environment === 'prod' && imagesOf(template).includes(crashing.image)
      ? { reason: 'CrashLoopBackOff', exitCode: 1, logs: crashing.logs }
      : null;
  return { workloads: { podMs: 150, fails } };
}

/** Someone scales a Deployment by hand, past Git. */
export async function scaleByHand(server: ApiServer, replicas: number): Promise<void> {
  const answer = await fetch(
    `${server.url}/apis/apps/v1/namespaces/shop/deployments/checkout?fieldManager=kubectl-edit`,
    {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ spec: { replicas } }),
      signal: AbortSignal.timeout(10_000),
    },
  );
  if (!answer.ok) throw new Error(`the pretend cluster refused a change by hand: ${await answer.text()}`);
}

async function renderAll(
  cwd: string,
  environment: string,
  services: Services,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> {
  const run = { cwd, path: '.', kubeVersion: null, signal };
  const applications = (await services.discover(run)).filter((application) => application.environment === environment);
  const rendered = [];
  for (const { root, valuesFiles } of applications) {
    rendered.push(
      await services.render({
        ...run,
        path: root,
        app: null,
        releaseName: null,
        namespace: null,
        values: valuesFiles,
        set: [],
      }),
    );
  }
  const objects = rendered.flatMap(({ resources }) => resources.map(({ object }) => object));
  return [...objects].sort((one, other) => Number(other['kind'] === 'Namespace') - Number(one['kind'] === 'Namespace'));
}

async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

function kubeconfigText(servers: Readonly<Record<string, string>>): string {
  const names = Object.keys(servers);
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: names.map((name) => ({ name, cluster: { server: servers[name], 'insecure-skip-tls-verify': true } })),
    users: [{ name: 'demo', user: {} }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'demo' } })),
  });
}
