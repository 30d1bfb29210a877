import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { FairleadError } from '../model/error.ts';
import type { CommandContext } from './context.ts';
import { clusterOption, environmentOption } from './options.ts';
import type { ServeRun } from './services.ts';

interface ServeOptions {
  readonly cluster: readonly string[];
  readonly env?: string;
  readonly host?: string;
  readonly port?: string;
  readonly data?: string;
}

/** `fairlead serve`: the bot. Ends on SIGINT or SIGTERM after finishing what runs. */
export function addServe(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description(
      'the bot: GitHub webhooks in, comments and checks out (APP_ID, PRIVATE_KEY or PRIVATE_KEY_PATH, WEBHOOK_SECRET)',
    )
    .addOption(clusterOption())
    .addOption(environmentOption())
    .addOption(new Option('--host <host>', 'address to listen on (HOST, default 0.0.0.0)'))
    .addOption(new Option('--port <port>', 'port to listen on (PORT, default 3000)'))
    .addOption(new Option('--data <dir>', 'folder for mirrors and the installation key (FAIRLEAD_DATA)'))
    .action(async (options: ServeOptions) => {
      const run = await serveRun(options, context);
      const server = await (await context.services()).serve(run);
      context.terminal.err(`fairlead listens on ${server.url}`);
      await interrupted(context.signal);
      await server.stop();
    });
}

async function serveRun(options: ServeOptions, { environment, options: settings }: CommandContext): Promise<ServeRun> {
  const clusters =
    options.cluster.length > 0
      ? options.cluster
      : (environment['FAIRLEAD_CLUSTERS'] ?? '').split(/[\s,]+/).filter((part) => part !== '');
  return {
    clusters,
    environment: options.env ?? null,
    host: options.host ?? environment['HOST'] ?? '0.0.0.0',
    port: portOf(options.port ?? environment['PORT'] ?? '3000'),
    dataDir: options.data ?? environment['FAIRLEAD_DATA'] ?? join(settings.cacheDir, 'data'),
    github: {
      appId: required(environment, 'APP_ID'),
      privateKey: await privateKey(environment),
      webhookSecrets: secrets(environment),
      baseUrl:
        environment['GHE_HOST'] === undefined
          ? null
          : `${environment['GHE_PROTOCOL'] ?? 'https'}://${environment['GHE_HOST']}/api/v3`,
    },
  };
}

/** `WEBHOOK_SECRET`, and while one is being replaced also `WEBHOOK_SECRET_OLD`. */
function secrets(environment: CommandContext['environment']): readonly string[] {
  const old = environment['WEBHOOK_SECRET_OLD'];
  return [environment['WEBHOOK_SECRET'] ?? '', ...(old === undefined || old === '' ? [] : [old])];
}

async function privateKey(environment: CommandContext['environment']): Promise<string> {
  const path = environment['PRIVATE_KEY_PATH'];
  const text = environment['PRIVATE_KEY'];
  return text === undefined && path !== undefined ? readKey(path) : required(environment, 'PRIVATE_KEY');
}

async function readKey(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FairleadError({
      code: 'usage',
      subject: path,
      message: `the private key ${path} cannot be read`,
      remedy: 'Check PRIVATE_KEY_PATH.',
      cause,
    });
  }
}

function required(environment: CommandContext['environment'], name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new FairleadError({
    code: 'usage',
    subject: name,
    message: `serve needs ${name}`,
    remedy: 'Set the GitHub App credentials: APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET.',
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new FairleadError({
    code: 'usage',
    subject: text,
    message: `${text} is no port`,
    remedy: 'Give a number from 0 to 65535.',
  });
}

async function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
