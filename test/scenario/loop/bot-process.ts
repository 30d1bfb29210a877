import { flushCompileCache } from 'node:module';
import { createServices } from '../../../src/app.ts';
import { serviceOptions } from '../../../src/cli/context.ts';
import type { ServeRun } from '../../../src/cli/services.ts';

/** The bot as a process of its own, so that it can be killed: what it is told comes as JSON; it says where it listens. */
interface Told {
  readonly kubeconfig: string;
  readonly logLevel: string;
  readonly run: ServeRun;
}

const terminal = {
  out: () => undefined,
  err: () => undefined,
  progress: () => undefined,
  paint: (_: string, text: string) => text,
};

const told = JSON.parse(process.env['FAIRLEAD_LOOP_RUN'] ?? '{}') as Told; // written by crash-bot.ts
const { kubeconfig, logLevel, run } = told;
const services = await createServices({ ...serviceOptions(process.env, terminal), logLevel, kubeconfig });
const server = await services.serve(run);
process.stdout.write(`listens ${server.url}\n`);
flushCompileCache();
process.on('SIGTERM', () => {
  void server.stop().then(() => process.exit(0));
});
