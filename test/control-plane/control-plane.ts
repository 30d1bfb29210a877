import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, request } from './api.ts';
import { type ControlPlaneState, startApiServer } from './api-server.ts';
import { realBinary } from './binaries.ts';
import { identities, roleObjects } from './identities.ts';
import { stopProcesses } from './processes.ts';
import { usePart } from './shared.ts';
import { hasServiceAccount, startWorkloads } from './workloads.ts';

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

/** What a test needs beside the API server. */
export interface ControlPlaneOptions {
  /** Controllers, a scheduler and a fake node, so that workloads roll out. Default no: nothing writes but the test. */
  readonly workloads?: boolean;
}

/**
 * The control plane of this jest run: started by whoever asks first, shared by all test files and workers, killed by the
 * global teardown.
 *
 * `useControlPlane({ workloads: true })` gives another one, on which workloads roll out: kube-controller-manager,
 * kube-scheduler and kwok run beside it, so a Deployment, StatefulSet, DaemonSet or Job gets pods that turn ready (or
 * complete) within half a second, with no machine behind them: no network, no logs, no probes. A pod whose template has the
 * annotation `kwok.fail: ImagePullBackOff` or `kwok.fail: CrashLoopBackOff` never turns ready and says so in its status; set
 * `progressDeadlineSeconds: 3` to see its Deployment give up soon, and take the annotation away to see it recover. Namespaces
 * really end here and owned objects are collected. It takes about five seconds the first time, so give `beforeAll` a minute.
 */
export async function useControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const workloads = options.workloads === true;
  const name = workloads ? 'control-plane-workloads' : 'control-plane';
  return controlPlaneOf(await usePart(name, (dir, owner) => startState({ dir, owner, workloads })));
}

/**
 * Starts a control plane outside jest, for benchmarks and scripts. `dir` is created anew and removed by `stop`; without
 * `stop` the processes die with the caller.
 */
export async function startControlPlane(
  options: ControlPlaneOptions & { readonly dir: string },
): Promise<ControlPlane & { stop(): Promise<void> }> {
  const { dir, workloads = false } = options;
  const state = await startState({ dir, owner: process.pid, workloads });
  return { ...controlPlaneOf(state), stop: () => stopProcesses(state) };
}

interface StartOptions {
  readonly dir: string;
  readonly owner: number;
  readonly workloads: boolean;
}

async function startState({ dir, owner, workloads }: StartOptions): Promise<ControlPlaneState> {
  await realBinary('kubectl');
  const state = await startApiServer({ dir, owner, controllers: workloads });
  try {
    await createRoles(controlPlaneOf(state).request);
    if (!workloads) return state;
    return { ...state, workloads, pids: [...state.pids, ...(await startWorkloads(state, owner))] };
  } catch (cause) {
    await stopProcesses(state);
    throw cause;
  }
}

async function createRoles(ask: ControlPlane['request']): Promise<void> {
  for (const object of roleObjects()) {
    const kind = 'rules' in object ? 'clusterroles' : 'clusterrolebindings';
    const { status, text } = await ask('POST', `/apis/rbac.authorization.k8s.io/v1/${kind}`, object);
    if (status !== 201) throw new Error(`could not create a role: ${text}`);
  }
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
    namespace: (prefix = 'test') => createNamespace(state, ask, `${prefix}-${randomBytes(4).toString('hex')}`),
  };
}

async function createNamespace(state: ControlPlaneState, ask: ControlPlane['request'], name: string): Promise<string> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const { status, text } = await ask('POST', '/api/v1/namespaces', object);
  if (status !== 201) throw new Error(`could not create namespace ${name}: ${text}`);
  const deadline = Date.now() + 20_000;
  while (state.workloads && !(await hasServiceAccount(state, name))) {
    if (Date.now() > deadline) throw new Error(`namespace ${name} got no default service account`);
    await delay(20);
  }
  return name;
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
