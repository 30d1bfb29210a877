import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, request } from './api.ts';
import { realBinary } from './binaries.ts';
import { withLock } from './go-program.ts';
import { identities, roleObjects } from './identities.ts';
import { type ControlPlaneState, startProcesses, stopProcesses } from './processes.ts';

/** A real Kubernetes API server that tests and benchmarks may use freely; give each test its own namespace. */
export interface ControlPlane {
  /** Path of the kubeconfig. Its contexts: `real` (admin, current), `real-reader`, `real-planner`, `real-viewer`. */
  readonly kubeconfig: string;
  /** The admin's context, `real`. */
  readonly context: string;
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** The admin's bearer token. */
  readonly token: string;
  /** PEM of the certificate authority. */
  readonly certificate: string;
  /** Runs kubectl as admin and gives its standard output; throws with its standard error. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string>;
  /** Creates a namespace with a fresh name and gives the name. It goes with the control plane. */
  namespace(prefix?: string): Promise<string>;
  /** One raw request as admin; `body` is sent as JSON (`type` overrides the content type). Never throws on a status. */
  request(method: string, path: string, body?: unknown, type?: string): Promise<Answer>;
}

export interface KubectlOptions {
  /** Standard input, for `-f -`. */
  readonly input?: string;
  /** Accept these exit codes besides 0; `kubectl diff` ends with 1 when there is a difference. */
  readonly exitCodes?: readonly number[];
}

/**
 * The control plane of this jest run: started by whoever asks first, shared by all test files and workers, killed by the
 * global teardown.
 */
export async function useControlPlane(): Promise<ControlPlane> {
  const { FAIRLEAD_TEST_RUN: run, FAIRLEAD_TEST_OWNER: owner } = process.env;
  if (!run || !owner) throw new Error('useControlPlane works under jest with its global setup; else startControlPlane');
  const folder = join(tmpdir(), `fairlead-test-${run}`);
  await mkdir(folder, { recursive: true });
  const stateFile = join(folder, 'control-plane.json');
  const state = await withLock(join(folder, 'control-plane.lock'), async () => {
    const known = await readFile(stateFile, 'utf8').catch(() => null);
    // written below by this very function
    if (known !== null) return JSON.parse(known) as ControlPlaneState;
    const started = await startState(join(folder, 'control-plane'), Number(owner));
    await writeFile(`${stateFile}.new`, JSON.stringify(started));
    await rename(`${stateFile}.new`, stateFile);
    return started;
  });
  return controlPlaneOf(state);
}

/**
 * Starts a control plane outside jest, for benchmarks and scripts. `dir` is created anew and removed by `stop`; without
 * `stop` the processes die with the caller.
 */
export async function startControlPlane(options: {
  readonly dir: string;
}): Promise<ControlPlane & { stop(): Promise<void> }> {
  const state = await startState(options.dir, process.pid);
  return { ...controlPlaneOf(state), stop: () => stopProcesses(state) };
}

async function startState(dir: string, owner: number): Promise<ControlPlaneState> {
  await realBinary('kubectl');
  const state = await startProcesses(dir, owner);
  const { request: ask } = controlPlaneOf(state);
  for (const object of roleObjects()) {
    const kind = 'rules' in object ? 'clusterroles' : 'clusterrolebindings';
    const { status, text } = await ask('POST', `/apis/rbac.authorization.k8s.io/v1/${kind}`, object);
    if (status !== 201) throw new Error(`could not create a role: ${text}`);
  }
  return state;
}

function controlPlaneOf(state: ControlPlaneState): ControlPlane {
  const { kubeconfig, server, certificate } = state;
  const { token, context } = identities.admin;
  const ask = (method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> => {
    const sent = body === undefined ? undefined : { type, text: JSON.stringify(body) };
    return request({ server, certificate, token }, method, path, sent);
  };
  return {
    kubeconfig,
    context,
    server,
    token,
    certificate,
    kubectl: (args, options = {}) => runKubectl(kubeconfig, args, options),
    request: ask,
    namespace: async (prefix = 'test') => {
      const name = `${prefix}-${randomBytes(4).toString('hex')}`;
      const { status, text } = await ask('POST', '/api/v1/namespaces', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name },
      });
      if (status !== 201) throw new Error(`could not create namespace ${name}: ${text}`);
      return name;
    },
  };
}

async function runKubectl(kubeconfig: string, args: readonly string[], options: KubectlOptions): Promise<string> {
  const program = await realBinary('kubectl');
  const child = spawn(program, ['--kubeconfig', kubeconfig, ...args], { stdio: 'pipe', timeout: 120_000 });
  const output = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.error += text;
  });
  child.stdin.on('error', () => undefined); // kubectl may end before it read everything; its exit code tells
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code === 0 || (code !== null && options.exitCodes?.includes(code))) return output.out;
  throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${output.error}`);
}
