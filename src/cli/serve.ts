import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { FairleadError } from '../model/error.ts';
import { letHelpersGiveWay } from '../tools/priority.ts';
import { givenApiToken } from './api-token.ts';
import { serverOutside } from './configured.ts';
import type { CommandContext } from './context.ts';
import { databaseUrl } from './database-url.ts';
import { variableForges } from './forge-settings.ts';
import { parseInterval } from './interval.ts';
import { applyNetwork } from './network.ts';
import { clusterOption, configOption, environmentOption } from './options.ts';
import { portOf } from './port.ts';
import { isSet } from './secret-files.ts';
import { type ServerConfiguration, serverConfiguration } from './server-configuration.ts';
import type { ServeRun } from './services.ts';
import { interrupted, lingerMs, stopInTime, untilListening } from './stop-server.ts';
import { namedClusters } from './told-clusters.ts';

interface ServeOptions {
  readonly config?: string;
  readonly cluster: readonly string[];
  readonly env?: string;
  readonly host?: string;
  readonly port?: string;
  readonly data?: string;
  readonly role: 'all' | 'web' | 'worker';
  readonly poll?: string;
}

/** `fairlead serve`: the bot. Ends on SIGINT or SIGTERM after finishing what runs; with an error when its store broke. */
export function addServe(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description(
      'the bot: webhooks in; comments, checks and deploys out (GitHub: APP_ID, PRIVATE_KEY, WEBHOOK_SECRET; GitLab: GITLAB_URL, GITLAB_TOKEN, GITLAB_WEBHOOK_SECRET)',
    )
    .addOption(configOption())
    .addOption(clusterOption())
    .addOption(environmentOption())
    .addOption(new Option('--host <host>', 'address to listen on (HOST, default 0.0.0.0)'))
    .addOption(new Option('--port <port>', 'port to listen on (PORT, default 3000)'))
    .addOption(new Option('--data <dir>', 'folder for the store, mirrors and the installation key (FAIRLEAD_DATA)'))
    .addOption(roleOption())
    .addOption(
      new Option('--poll <time>', 'how often the forges are looked at for what no webhook told of (FAIRLEAD_POLL, 5m)'),
    )
    .action(async (options: ServeOptions) => {
      const configuration = await serverConfiguration(options.config, context);
      const { environment, settings } = configuration;
      applyNetwork(context.options.routes, settings.caFile);
      const run = await serveRun(options, { ...context, environment }, configuration);
      const services = await context.services({
        logLevel: environment['LOG_LEVEL'] ?? 'info',
        clusters: settings.clusters,
        ...(await serverOutside(configuration, run.dataDir)),
        childEnvironment: environment,
      });
      await letHelpersGiveWay();
      const server = await untilListening(services.serve(run), context.signal);
      if (server === null) return;
      context.terminal.err(`fairlead listens on ${server.url}`);
      const fault = await Promise.race([interrupted(context.signal), server.broken]);
      await stopInTime(server, context.terminal.err);
      if (fault !== null) throw fault;
    });
}

function roleOption(): Option {
  const text = 'web takes webhooks in, worker runs jobs: for several processes on one PostgreSQL (DATABASE_URL)';
  return new Option('--role <role>', text).choices(['all', 'web', 'worker']).default('all');
}

/** The database and the part played on it. Throws `FairleadError` `usage` for a part where there is one process only. */
async function placeOf(
  { role }: ServeOptions,
  { environment }: CommandContext,
): Promise<Required<Pick<ServeRun, 'databaseUrl' | 'role'>>> {
  const url = await databaseUrl(environment);
  if (url !== null || role === 'all') return { databaseUrl: url, role };
  throw new FairleadError({
    code: 'usage',
    subject: '--role',
    message: `serve --role ${role} is for several processes, and the store in a data folder belongs to one`,
    remedy: 'Set DATABASE_URL to a PostgreSQL database, or leave --role out.',
  });
}

async function serveRun(
  options: ServeOptions,
  context: CommandContext,
  configuration: ServerConfiguration,
): Promise<ServeRun> {
  const { environment, options: settings } = context;
  const { others } = configuration;
  return {
    ...namedClusters(options.cluster, configuration),
    environment: options.env ?? null,
    host: options.host ?? environment['HOST'] ?? '0.0.0.0',
    port: portOf(options.port ?? environment['PORT'] ?? '3000'),
    ...metricsPort(environment['METRICS_PORT']),
    linger: lingerMs,
    dataDir: options.data ?? environment['FAIRLEAD_DATA'] ?? join(settings.cacheDir, 'data'),
    ...(await placeOf(options, context)),
    apiToken: givenApiToken(environment),
    ...(await variableForges(environment, { hasOthers: others.length > 0 })),
    others,
    limits: configuration.settings,
    usedBy: configuration.settings.usedBy,
    ...polled(options.poll ?? environment['FAIRLEAD_POLL'], configuration),
  };
}

function polled(text: string | undefined, { settings }: ServerConfiguration): Pick<ServeRun, 'pace'> {
  const poll = isSet(text) ? parseInterval('--poll', text) : settings.poll;
  return poll === null ? {} : { pace: { poll } };
}

function metricsPort(text: string | undefined): Pick<ServeRun, 'metricsPort'> {
  return isSet(text) ? { metricsPort: portOf(text) } : {};
}
