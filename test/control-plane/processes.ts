import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from './api.ts';
import { realBinary } from './binaries.ts';
import { identities, kubeconfigOf, tokenFile } from './identities.ts';

/** What a running control plane is, as plain data that another process can read. */
export interface ControlPlaneState {
  readonly dir: string;
  /** Path of the kubeconfig; its contexts are named in identities.ts, `real` (admin) is the current one. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** PEM of the certificate the server shows. */
  readonly certificate: string;
  /** Process ids to kill, the watcher of the owner last. */
  readonly pids: readonly number[];
}

const readyWithinMs = 120_000;

/**
 * Starts etcd and kube-apiserver on loopback in a new folder. They die, and the folder goes, with `stopProcesses` or when
 * process `owner` ends. No controller-manager: nothing creates ReplicaSets or default service accounts, and a deleted
 * namespace stays Terminating.
 */
export async function startProcesses(dir: string, owner: number): Promise<ControlPlaneState> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(dir, owner);
    } catch (cause) {
      // A free port may be taken between the look and the start; anything else fails three times the same way.
      if (attempt === 3) throw cause;
    }
  }
}

/** Kills what `startProcesses` started and removes its folder. The data is thrown away, so nothing is asked to drain. */
export async function stopProcesses(state: Pick<ControlPlaneState, 'dir' | 'pids'>): Promise<void> {
  for (const pid of state.pids.toReversed()) kill(pid);
  await rm(state.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

async function startOnce(dir: string, owner: number): Promise<ControlPlaneState> {
  const [etcd, apiServer] = [await realBinary('etcd'), await realBinary('kube-apiserver')];
  await rm(dir, { recursive: true, force: true });
  await mkdir(join(dir, 'certs'), { recursive: true });
  const [port = 0, client = 0, peer = 0] = await freePorts(3);
  await writeKeys(dir);
  const server = `https://127.0.0.1:${port}`;
  const pids = [await start(etcd, etcdFlags(dir, client, peer), dir, 'etcd.log')];
  try {
    pids.push(await start(apiServer, apiServerFlags(dir, port, client), dir, 'apiserver.log'));
    pids.push(watchOwner(owner, pids, dir));
    const certificate = await whenReady(server, dir, pids);
    await writeFile(join(dir, 'kubeconfig'), kubeconfigOf(server, certificate));
    return { dir, kubeconfig: join(dir, 'kubeconfig'), server, certificate, pids };
  } catch (cause) {
    for (const pid of pids.toReversed()) kill(pid);
    throw cause;
  }
}

async function whenReady(server: string, dir: string, pids: readonly number[]): Promise<string> {
  const deadline = Date.now() + readyWithinMs;
  while (Date.now() < deadline) {
    const certificate = await readFile(join(dir, 'certs', 'apiserver.crt'), 'utf8').catch(() => '');
    if (certificate !== '' && (await isReady(server, certificate))) return certificate;
    if (!pids.every(isAlive)) break;
    await delay(50);
  }
  const logs = await Promise.all(['etcd.log', 'apiserver.log'].map((log) => readFile(join(dir, log), 'utf8')));
  throw new Error(`the control plane did not become ready:\n${logs.map((log) => log.slice(-2000)).join('\n')}`);
}

async function isReady(server: string, certificate: string): Promise<boolean> {
  return request({ server, certificate, token: identities.admin.token }, 'GET', '/readyz').then(
    ({ status }) => status === 200,
    () => false,
  );
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
    // No controller creates the default service account that this plugin demands of every pod.
    '--disable-admission-plugins=ServiceAccount',
  ];
}

async function writeKeys(dir: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  await writeFile(join(dir, 'sa.key'), privateKey.export({ type: 'sec1', format: 'pem' }));
  await writeFile(join(dir, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(join(dir, 'tokens.csv'), tokenFile());
}

async function start(program: string, flags: readonly string[], dir: string, log: string): Promise<number> {
  const file = await open(join(dir, log), 'a');
  try {
    const child = spawn(program, [...flags], { detached: true, stdio: ['ignore', file.fd, file.fd], cwd: dir });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child.pid ?? 0;
  } finally {
    await file.close();
  }
}

/** A small process that kills the others when the owner is gone, so that an interrupted run leaves nothing behind. */
function watchOwner(owner: number, pids: readonly number[], dir: string): number {
  const script = 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; kill -9 $2; sleep 1; rm -rf "$3"';
  const args = ['-c', script, 'watch-owner', String(owner), pids.join(' '), dir];
  const child = spawn('sh', args, { detached: true, stdio: 'ignore', cwd: '/' });
  child.unref();
  return child.pid ?? 0;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: it ended; the caller reports its log
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  // listen() on a TCP host always gives an AddressInfo
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
