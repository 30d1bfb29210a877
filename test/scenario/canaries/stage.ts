import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createServices } from '../../../src/app.ts';
import { serviceOptions } from '../../../src/cli/context.ts';
import { readStory } from '../../../src/cli/demo/story.ts';
import { startWorld, type World } from '../../../src/cli/demo/world.ts';
import type { PretendRepository } from '../../../src/pretend/github/repository.ts';
import { type Collector, startCollector } from '../../support/collector.ts';
import { until } from '../../support/until.ts';
import { type CliBot, startCliBot } from '../operation/cli-bot.ts';
import { databaseText } from './database.ts';
import type { Files } from './places.ts';
import { type Relay, startRelay } from './relay.ts';

const webhookSecret = 'kq93mfw7dux2hva0c41b77aa9f3c2e1b';
const patience = 180_000;
const run = promisify(execFile);

/** A bot as a process of its own, before a forge and two clusters that say more than they should; all it says is heard. */
export interface CanaryStage {
  readonly world: World;
  readonly repository: PretendRepository;
  readonly environment: Readonly<Record<string, string>>;
  /** Where the bot listens now. */
  at(): string;
  restart(): Promise<void>;
  /** Opens a pull with these files, and waits for its review. */
  review(branch: string, files: Readonly<Record<string, string | null>>, title?: string): Promise<number>;
  /** What callers of its API show. */
  apiToken(): Promise<string>;
  /** A work tree of a branch that has these files; gives its folder. */
  clone(files: readonly Files[]): Promise<string>;
  /** Everything that left the process, by where it went. */
  sinks(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** Starts one whose clusters hold these files. `known`: what pods write into their logs. */
export async function openCanaryStage(base: Files, known: readonly string[]): Promise<CanaryStage> {
  const quiet = { out: noop, err: noop, progress: noop, paint: (_: string, text: string) => text };
  const options = { ...serviceOptions(process.env, quiet), logLevel: 'silent' };
  const story = { ...readStory(), base };
  const world = await startWorld(story, { options, createServices, signal: AbortSignal.timeout(300_000) });
  const collector = await startCollector();
  const { staging, prod } = world.apiServers;
  const relays = await Promise.all([startRelay(staging.url, known), startRelay(prod.url, known)]);
  const environment = await environmentOf(world, collector, relays);
  const repository = await world.github.createRepo({ owner: 'acme', name: 'shop' });
  for (const login of ['octo-dev', 'sre-anna']) repository.setRole(login, 'write');
  await repository.commit('main', base, 'what runs');
  const bots: (CliBot & { readonly at: string })[] = [];
  const start = async (): Promise<void> => {
    const bot = startCliBot(['--cluster', 'staging=stg-eu', '--cluster', 'prod=prod-eu'], environment);
    const at = await bot.url;
    bots.push({ ...bot, at });
    world.github.hooks.deliverTo(`${at}/hooks/github`, webhookSecret);
  };
  await start();
  const at = (): string => bots.at(-1)?.at ?? '';
  const reviewed = (head: string): Promise<true> =>
    until(
      `the check of ${head}`,
      () => (repository.checkRuns(head).some(({ status }) => status === 'completed') ? true : undefined),
      patience,
    );
  return {
    ...{ world, repository, environment, at },
    restart: async () => {
      bots.at(-1)?.child.kill('SIGTERM');
      await bots.at(-1)?.ended;
      await start();
    },
    review: async (branch, files, title = branch) => {
      const head = await repository.commit(branch, files, title);
      const pull = await repository.openPull({ title, author: 'octo-dev', head: branch });
      await reviewed(head);
      return pull;
    },
    apiToken: async () => (await readFile(join(world.dir, 'data', 'api-token'), 'utf8')).trim(),
    clone: async (files) => {
      await repository.commit('everything', Object.assign({}, ...files), 'everything');
      const folder = await mkdtemp(join(world.dir, 'clone-'));
      await run('git', ['clone', '--quiet', '--branch', 'main', repository.gitDir, folder]);
      await run('git', ['-C', folder, 'checkout', '--quiet', 'everything']);
      return folder;
    },
    sinks: () => sinksOf({ world, repository, environment, collector, bots, at: at() }),
    close: async () => {
      for (const { child } of bots) child.kill('SIGKILL');
      await Promise.all([collector, ...relays].map((one) => one.close()));
      await world.close();
    },
  };
}

async function environmentOf(
  world: World,
  collector: Collector,
  [staging, prod]: readonly Relay[],
): Promise<Readonly<Record<string, string>>> {
  const kubeconfig = join(world.dir, 'relayed-kubeconfig');
  const given = await readFile(join(world.dir, 'kubeconfig'), 'utf8');
  const { apiServers } = world;
  const relayed = given
    .replace(apiServers.staging.url, staging?.url ?? '')
    .replace(apiServers.prod.url, prod?.url ?? '');
  await writeFile(kubeconfig, relayed);
  return {
    APP_ID: String(world.github.app.id),
    PRIVATE_KEY: world.github.app.privateKey,
    WEBHOOK_SECRET: webhookSecret,
    GHE_HOST: new URL(world.github.apiUrl).host,
    GHE_PROTOCOL: 'http',
    KUBECONFIG: kubeconfig,
    FAIRLEAD_DATA: join(world.dir, 'data'),
    LOG_LEVEL: 'trace',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  };
}

interface Heard extends Pick<CanaryStage, 'world' | 'repository' | 'environment'> {
  readonly collector: Collector;
  readonly bots: readonly CliBot[];
  readonly at: string;
}

async function sinksOf({ world, repository, collector, bots, at }: Heard): Promise<Readonly<Record<string, string>>> {
  const pulls = repository.pulls();
  const issues = repository.issues();
  const own = pulls.filter(({ headRef }) => headRef.startsWith('fairlead/'));
  const comments = [...pulls, ...issues].flatMap(({ number }) =>
    repository
      .comments(number)
      .filter(({ byApp }) => byApp)
      .flatMap(({ history }) => history),
  );
  const page = async (path: string): Promise<string> => (await fetch(`${at}${path}`)).text();
  const pages = await Promise.all(['/metrics', '/healthz', '/readyz', '/nothing'].map(page));
  const heads = [...new Set([...pulls.map(({ headSha }) => headSha)])];
  return {
    comments: comments.join('\n'),
    checks: heads.flatMap((sha) => repository.checkRuns(sha).map((check) => JSON.stringify(check, null, 1))).join('\n'),
    statuses: heads.flatMap((sha) => repository.statuses(sha).map((one) => JSON.stringify(one))).join('\n'),
    'own pulls': own.map(({ title, body, headRef }) => [title, body, headRef].join('\n')).join('\n'),
    issues: issues.map(({ title, body }) => `${title}\n${body}`).join('\n'),
    'own commits': await commitsOf(
      repository,
      own.map(({ headRef }) => headRef),
    ),
    deployments: JSON.stringify(repository.deployments()),
    'log and errors': bots.map(({ said }) => said()).join('\n'),
    traces: collector.requests.map(({ body }) => body).join('\n'),
    pages: pages.join('\n'),
    database: databaseText(join(world.dir, 'data', 'fairlead.db')),
  };
}

/** What was written with commits; their files are Git's own. */
async function commitsOf({ gitDir }: PretendRepository, branches: readonly string[]): Promise<string> {
  if (branches.length === 0) return '';
  const args = ['--git-dir', gitDir, 'log', '--format=%an %ae %cn %ce %B', ...branches, '--not', 'main'];
  return (await run('git', args)).stdout;
}

function noop(): void {
  // Nobody listens.
}
