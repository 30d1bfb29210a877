import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildOracle } from '../../oracles/build.ts';
import { type ControlPlane, useControlPlane } from '../control-plane.ts';
import { freePorts, type ProcessSpec, startProcesses, threeAttempts } from '../processes.ts';
import { usePart } from '../shared.ts';
import { argoCdBinary, argoCdSource, cacheBinary } from './binary.ts';
import { type ArgoAccount, argoNamespace, settingsObjects } from './settings.ts';

/** A real Argo CD beside the control plane on which workloads roll out. Applications go into its namespace. */
export interface ArgoCd {
  readonly plane: ControlPlane;
  readonly namespace: string;
}

/**
 * The Argo CD of this jest run: repo-server and application-controller with a cache of their own, started by whoever asks first
 * and shared by all test files; give each test Applications and a namespace of its own. Here is no API
 * server of Argo CD (api-server.ts has one): everything goes through Kubernetes objects. The first start takes about eight
 * seconds, so give `beforeAll` two minutes.
 */
export async function useArgoCd(): Promise<ArgoCd> {
  const plane = await useControlPlane({ workloads: true });
  await usePart('argocd', async (dir, owner) => {
    await installArgoCd(plane, argoNamespace);
    const place = await preparePlace(plane, dir, argoNamespace);
    const pids = await threeAttempts(async () => startProcesses(await specsOf(place), { dir, owner }));
    return { dir, pids };
  });
  return { plane, namespace: argoNamespace };
}

/** Applies Argo CD's kinds, and the settings it looks for in a namespace; `account` may ask its API server. */
export async function installArgoCd(
  plane: ControlPlane,
  namespace: string,
  account: ArgoAccount | null = null,
): Promise<void> {
  const crds = join(await argoCdSource(), 'manifests', 'crds');
  // The controller also lists ApplicationSets to see who owns an Application.
  const files = ['application', 'appproject', 'applicationset'].map((name) => join(crds, `${name}-crd.yaml`));
  // Too big for the annotation of a client-side apply.
  await plane.kubectl(['apply', '--server-side', ...files.flatMap((file) => ['-f', file])]);
  for (const name of ['applications', 'appprojects', 'applicationsets']) await whenServed(plane, name);
  const list = { apiVersion: 'v1', kind: 'List', items: settingsObjects(namespace, account) };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(list) });
}

async function whenServed(plane: ControlPlane, plural: string): Promise<void> {
  const path = `/apis/argoproj.io/v1alpha1/${plural}`;
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(100)) {
    if ((await plane.request('GET', path)).status === 200) return;
  }
  throw new Error(`the control plane does not serve ${path}`);
}

/** Where the processes run and what they find there. */
export interface ArgoPlace {
  readonly dir: string;
  readonly program: string;
  readonly redis: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Lays out a folder in which parts of Argo CD run for a namespace. */
export async function preparePlace(plane: ControlPlane, dir: string, namespace: string): Promise<ArgoPlace> {
  const folders = ['tls', 'ssh', 'gpg', 'gpg-source', 'plugins', 'tmp', 'bin', 'home'];
  for (const folder of folders) await mkdir(join(dir, folder), { recursive: true });
  await placePrograms(join(dir, 'bin'));
  const kubeconfig = join(dir, 'kubeconfig');
  await writeFile(kubeconfig, inNamespace(await readFile(plane.kubeconfig, 'utf8'), namespace));
  return { dir, program: await argoCdBinary(), redis: await cacheBinary(), env: environmentOf(dir, kubeconfig) };
}

/** What Argo CD calls by name: the renderers, and two scripts of its image without which it renders nothing. */
async function placePrograms(bin: string): Promise<void> {
  const scripts = join(await argoCdSource(), 'hack');
  for (const name of ['git-verify-wrapper.sh', 'gpg-wrapper.sh']) {
    await copyFile(join(scripts, name), join(bin, name));
    await chmod(join(bin, name), 0o755);
  }
  for (const name of ['kustomize', 'helm'] as const) await symlink(await buildOracle(name), join(bin, name));
}

/** The programs look for their settings in the namespace of the current context. */
function inNamespace(kubeconfig: string, namespace: string): string {
  const config: { contexts: { context: Record<string, string> }[] } = JSON.parse(kubeconfig);
  for (const { context } of config.contexts) context['namespace'] = namespace;
  return JSON.stringify(config);
}

function environmentOf(dir: string, kubeconfig: string): Readonly<Record<string, string>> {
  return {
    KUBECONFIG: kubeconfig,
    HOME: join(dir, 'home'),
    TMPDIR: join(dir, 'tmp'),
    PATH: `${join(dir, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    // The address https://kubernetes.default.svc then means the cluster of the kubeconfig.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_TLS_DATA_PATH: join(dir, 'tls'),
    ARGOCD_SSH_DATA_PATH: join(dir, 'ssh'),
    ARGOCD_GNUPGHOME: join(dir, 'gpg'),
    ARGOCD_GPG_DATA_PATH: join(dir, 'gpg-source'),
    ARGOCD_PLUGINSOCKFILEPATH: join(dir, 'plugins'),
    ARGOCD_CONTROLLER_REPLICAS: '1',
    HOSTNAME: 'argocd-0',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

async function specsOf(place: ArgoPlace): Promise<readonly ProcessSpec[]> {
  const { program, env } = place;
  const { specs, address, cache } = await repoServerSpecs(place);
  const [metrics] = await freePorts(1);
  return [
    ...specs,
    {
      name: 'application-controller',
      program,
      flags: [
        ...['--repo-server', address, '--repo-server-plaintext', '--app-resync', '0'],
        ...[...cache, '--metrics-port', `${metrics}`],
      ],
      env: { ...env, ARGOCD_BINARY_NAME: 'argocd-application-controller' },
      ready: `http://127.0.0.1:${metrics}/healthz`,
    },
  ];
}

/** What every part of Argo CD needs beside it: the repo-server and its cache. */
export async function repoServerSpecs({ program, redis, env }: ArgoPlace) {
  const [redisPort, repo, metrics] = await freePorts(3);
  const cache = ['--redis', `127.0.0.1:${redisPort}`];
  const address = ['--address', '127.0.0.1', '--port', `${repo}`, '--metrics-address', '127.0.0.1'];
  // Without TLS the path of the client's authority must be empty, not absent.
  const plain = ['--metrics-port', `${metrics}`, '--disable-tls', '--client-ca-path', ''];
  const specs: readonly ProcessSpec[] = [
    { name: 'redis', program: redis, flags: [`127.0.0.1:${redisPort}`], ready: null },
    {
      name: 'repo-server',
      program,
      flags: [...address, ...plain, ...cache],
      // Where it is installed it sees no cluster either: Helm must not find a namespace there.
      env: { ...env, KUBECONFIG: '', ARGOCD_BINARY_NAME: 'argocd-repo-server' },
      ready: `http://127.0.0.1:${metrics}/healthz`,
    },
  ];
  return { specs, address: `127.0.0.1:${repo}`, cache };
}
