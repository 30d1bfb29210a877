import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServices } from '../../../src/app.ts';
import { serviceOptions } from '../../../src/cli/context.ts';
import type { RunningServer, Services } from '../../../src/cli/services.ts';
import type { Hands } from './forges.ts';

/** The bot under test; it can be stopped and started again on the same data. */
export interface Bot {
  readonly dataDir: string;
  /** Stops the bot and starts it anew, as after a restart of the process. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const terminal = {
  out: () => undefined,
  err: () => undefined,
  progress: () => undefined,
  paint: (_: string, text: string) => text,
};

/**
 * Paces that suit a test: what waits for minutes in production waits for a moment, and a pull is written on as often as the story asks,
 * which is more than a forge lets an hour hold.
 */
export const pace = { soak: 300, look: 200, healthDeadline: 40_000, driftEvery: 600_000, forgeWrites: 250, pushes: 0 };

/** Starts the bot for a forge and the clusters of a kubeconfig. */
export async function startBot(
  hands: Hands,
  clusters: { readonly kubeconfig: string; readonly contexts: readonly string[] },
  changes: Partial<typeof pace> = {},
): Promise<Bot> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fairlead-loop-data-'));
  const options = {
    ...serviceOptions(process.env, terminal),
    logLevel: process.env['FAIRLEAD_LOOP_LOG'] ?? 'silent',
    kubeconfig: clusters.kubeconfig,
  };
  let running: { readonly services: Services; readonly server: RunningServer } | null = null;
  const start = async (): Promise<void> => {
    const services = await createServices(options);
    const server = await services.serve({
      ...hands.settings,
      clusters: clusters.contexts.map((context) => `${context}=${context}`),
      environment: null,
      host: '127.0.0.1',
      port: 0,
      dataDir,
      pace: { ...pace, ...changes },
    });
    hands.deliverTo(server.url);
    running = { services, server };
  };
  const halt = async (): Promise<void> => {
    await running?.server.stop();
    await running?.services.close();
    running = null;
  };
  await start();
  return {
    dataDir,
    restart: async () => {
      await halt();
      await start();
    },
    stop: async () => {
      await halt();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
