import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ControlPlane } from '../test/control-plane/control-plane.ts';
import type { Hands } from '../test/scenario/loop/forges.ts';
import { startProgram } from './program.ts';
import type { SenderSettings, Sent } from './webhook-sender.ts';

/** A server that listens. */
export interface RunningBot {
  readonly url: string;
  readonly secret: string;
  readonly pid: number | undefined;
  /** Resolves when it said of 1,000 webhooks that they are understood. */
  drained(): Promise<void>;
  stop(): Promise<void>;
}

/** What a server is started with. */
export interface ServerSpec {
  /** From `Lab.program`. */
  readonly program: string;
  readonly hands: Hands;
  readonly dataDir: string;
  readonly cwd: string;
  readonly plane: ControlPlane;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Starts `fairlead serve` and gives it to the forge as the receiver of its webhooks. */
export async function startServer(spec: ServerSpec): Promise<RunningBot> {
  const { program, hands, dataDir, cwd, plane, signal } = spec;
  const { github } = hands.settings;
  if (github === null) throw new Error('the bench speaks GitHub');
  const [secret = ''] = github.webhookSecrets;
  const environment = {
    APP_ID: github.appId,
    PRIVATE_KEY: github.privateKey,
    WEBHOOK_SECRET: secret,
    GHE_HOST: new URL(github.baseUrl ?? '').host,
    GHE_PROTOCOL: 'http',
    KUBECONFIG: plane.kubeconfig,
    LOG_LEVEL: 'info',
    ...spec.environment,
  };
  const args = ['serve', '--cluster', plane.context, '--host', '127.0.0.1', '--port', '0', '--data', dataDir];
  const child = startProgram({ program, args, cwd, environment, signal });
  const ready = Promise.withResolvers<string>();
  const drained = Promise.withResolvers<void>();
  let told = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    const url = /listens on (\S+)/.exec(told)?.[1];
    if (url !== undefined) ready.resolve(url);
  });
  let understood = 0;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    understood += text.split('"webhook understood"').length - 1;
    if (understood >= 1_000) drained.resolve();
  });
  child.on('close', (code) => ready.reject(new Error(`serve ended with ${code}: ${told.slice(-2000)}`)));
  const url = await ready.promise;
  hands.deliverTo(url);
  return {
    ...{ url, secret, pid: child.pid, drained: () => drained.promise },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

/** Sends webhooks from a thread of its own until told to stop. */
export function startSender(settings: SenderSettings): { stop(): Promise<Sent> } {
  const worker = new Worker(new URL('./webhook-sender.ts', import.meta.url), { workerData: settings });
  return {
    stop: async () => {
      worker.postMessage('stop');
      const [sent] = (await once(worker, 'message')) as [Sent];
      return sent;
    },
  };
}
