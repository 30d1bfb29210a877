import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from './api.ts';
import { realBinary } from './binaries.ts';
import { identities, kubeconfigOf, tokenFile } from './identities.ts';
import { freePorts, startProcesses, threeAttempts } from './processes.ts';

/** What a running control plane is, as plain data that another process can read. */
export interface ControlPlaneState {
  readonly dir: string;
  /** Path of the kubeconfig; its contexts are named in identities.ts, `real` (admin) is the current one. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** PEM of the certificate the server shows. */
  readonly certificate: string;
  /** Whether controllers, a scheduler and a fake node run beside it. */
  readonly workloads: boolean;
  /** Process ids to kill. */
  readonly pids: readonly number[];
}

export interface ApiServerOptions {
  readonly dir: string;
  /** Process whose end ends the server too. */
  readonly owner: number;
  /** Without controllers nothing creates the default service account, so pods may do without one. */
  readonly controllers: boolean;
}

/**
 * Starts etcd and kube-apiserver on loopback in a new folder. Alone they have no controllers: nothing creates ReplicaSets
 * or default service accounts, and a deleted namespace stays Terminating.
 */
export function startApiServer(options: ApiServerOptions): Promise<ControlPlaneState> {
  return threeAttempts(() => startOnce(options));
}

async function startOnce({ dir, owner, controllers }: ApiServerOptions): Promise<ControlPlaneState> {
  const [etcd, apiServer] = [await realBinary('etcd'), await realBinary('kube-apiserver')];
  await rm(dir, { recursive: true, force: true });
  await mkdir(join(dir, 'certs'), { recursive: true });
  const [port = 0, client = 0, peer = 0] = await freePorts(3);
  await writeKeys(dir);
  const server = `https://127.0.0.1:${port}`;
  const flags = [...apiServerFlags(dir, port, client), ...(controllers ? [] : withoutServiceAccounts)];
  const pids = await startProcesses(
    [
      { name: 'etcd', program: etcd, flags: etcdFlags(dir, client, peer), ready: null },
      { name: 'apiserver', program: apiServer, flags, ready: () => isReady(server, dir) },
    ],
    { dir, owner },
  );
  const certificate = await readFile(join(dir, 'certs', 'apiserver.crt'), 'utf8');
  const kubeconfig = join(dir, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(server, certificate));
  return { dir, kubeconfig, server, certificate, workloads: false, pids };
}

/** The certificate file comes before the server listens; a partial one rejects and is asked again. */
async function isReady(server: string, dir: string): Promise<boolean> {
  const certificate = await readFile(join(dir, 'certs', 'apiserver.crt'), 'utf8');
  const { status } = await request({ server, certificate, token: identities.admin.token }, 'GET', '/readyz');
  return status === 200;
}

function etcdFlags(dir: string, client: number, peer: number): readonly string[] {
  const [clients, peers] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
  return [
    ...['--name', 'test', '--data-dir', join(dir, 'etcd'), '--log-level', 'error', '--unsafe-no-fsync'],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `test=${peers}`],
  ];
}

function apiServerFlags(dir: string, port: number, etcd: number): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(dir, 'certs')}`,
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(dir, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${join(dir, 'tokens.csv')}`,
    '--profiling=false',
    '--enable-priority-and-fairness=false',
  ];
}

/** The plugin demands of every pod the default service account of its namespace, which a controller creates. */
const withoutServiceAccounts = ['--disable-admission-plugins=ServiceAccount'];

async function writeKeys(dir: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  await writeFile(join(dir, 'sa.key'), privateKey.export({ type: 'sec1', format: 'pem' }));
  await writeFile(join(dir, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(join(dir, 'tokens.csv'), tokenFile());
}
