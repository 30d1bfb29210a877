import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '../../../src/model/deployment.ts';
import { openSqliteReadOnly } from '../../../src/world/store/sqlite/read-only.ts';
import type { Store } from '../../../src/world/store/store.ts';
import { application, casesSettings, type Shape } from './applications.ts';
import { type Bot, startBot } from './bot.ts';
import { type Clusters, openClusters } from './clusters.ts';
import { eventually } from './eventually.ts';
import { type Files, forges, type Hands } from './forges.ts';
import { command, openReviewed, said } from './story.ts';

export type Environment = 'staging' | 'prod';

/** A bot, a forge and two environments with an application for each case, all of them healthy. */
export interface CaseStage {
  readonly hands: Hands;
  readonly bot: Bot;
  readonly clusters: Clusters;
  files(name: string, environment: Environment, shape: Shape): Files;
  /** A pull that is reviewed. */
  pull(name: string, environment: Environment, shape: Shape): Promise<number>;
  /** A pull that is reviewed and merged. */
  merged(name: string, environment: Environment, shape: Shape): Promise<number>;
  /** A comment of the bot on a pull that matches. */
  told(pull: number, pattern: RegExp): Promise<string>;
  ask(pull: number, text: string): Promise<string>;
  image(name: string, environment: Environment): Promise<string | null>;
  /** Looks into the store of the bot. */
  look<T>(work: (store: Store) => Promise<T>): Promise<T>;
  /** The newest deployment of an application, once it is as asked. */
  newest(name: string, wanted: (deployment: Deployment) => boolean): Promise<Deployment>;
  /** Revert pulls, open or not, with the pull each takes back. */
  reverts(): readonly { readonly number: number; readonly of: number; readonly body: string; readonly head: string }[];
  /** The one that takes a pull back; waits for it. */
  revertOf(pull: number): Promise<ReturnType<CaseStage['reverts']>[number]>;
  close(): Promise<void>;
}

/** Starts it all and brings version 1 of every application into its environment. */
export async function openCases(
  forge: string,
  applications: Readonly<Record<string, Environment>>,
  pace: Parameters<typeof startBot>[2] = {},
): Promise<CaseStage> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-cases-'));
  const clusters = await openClusters(dir);
  const hands = await (forges[forge] ?? (() => Promise.reject(new Error(forge))))();
  const bot = await startBot(hands, clusters, pace);
  const stage = createStage({ hands, bot, clusters, dir });
  try {
    await layDown(stage, applications);
  } catch (error) {
    // Whoever asked has nothing to close: a bot left behind would keep the run alive.
    await stage.close();
    throw error;
  }
  return stage;
}

async function layDown(stage: CaseStage, applications: Readonly<Record<string, Environment>>): Promise<void> {
  const { hands } = stage;
  hands.role('developer', 'write');
  hands.role('maintainer', 'maintain');
  await hands.commit('main', { '.fairlead.yaml': casesSettings }, 'lay down the settings');
  const all = Object.entries(applications).map(([name, environment]) =>
    stage.files(name, environment, { tag: '1.0.0' }),
  );
  const { pull } = await openReviewed({ hands }, 'first', Object.assign({}, ...all) as Files, 'version 1 of all');
  if (Object.values(applications).includes('staging')) await stage.ask(pull, '/fairlead approve staging');
  await hands.mergePull(pull, 'maintainer');
  await stage.told(pull, /^### ✅ Deployed to \d+ targets?, all healthy/m);
}

interface Ground {
  readonly hands: Hands;
  readonly bot: Bot;
  readonly clusters: Clusters;
  readonly dir: string;
}

function createStage({ hands, bot, clusters, dir }: Ground): CaseStage {
  let branches = 0;
  const files: CaseStage['files'] = (name, environment, shape) =>
    application(name, environment, clusters.namespaces[environment], shape);
  const pull: CaseStage['pull'] = async (name, environment, shape) => {
    branches += 1;
    const branch = `${name}-${branches}`;
    const opened = await openReviewed({ hands }, branch, files(name, environment, shape), `${name} ${shape.tag}`);
    return opened.pull;
  };
  const look: CaseStage['look'] = async (work) => {
    const store = await openSqliteReadOnly(join(bot.dataDir, 'fairlead.db'));
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  };
  const reverts: CaseStage['reverts'] = () =>
    hands.pulls().flatMap(({ number, head, body }) => {
      const of = /^fairlead\/revert-(\d+)-/.exec(head)?.[1];
      return of === undefined ? [] : [{ number, of: Number(of), body, head }];
    });
  return {
    hands,
    bot,
    clusters,
    files,
    pull,
    merged: async (name, environment, shape) => {
      const number = await pull(name, environment, shape);
      await hands.mergePull(number, 'maintainer');
      return number;
    },
    told: (number, pattern) => said(hands, { kind: 'pull', number }, pattern),
    ask: (number, text) => command(hands, { kind: 'pull', number }, text),
    image: (name, environment) => clusters.liveImage(environment, name),
    look,
    newest: (name, wanted) =>
      eventually(`a deployment of ${name} as asked`, () =>
        look(async (store) => {
          const [found] = await store.deployments.find({ application: `apps/${name}`, limit: 1 });
          return found !== undefined && wanted(found) ? found : undefined;
        }),
      ),
    reverts,
    revertOf: (number) =>
      eventually(`a revert of pull ${number}`, async () => reverts().find((revert) => revert.of === number)),
    close: async () => {
      await bot.stop();
      await hands.close();
      await clusters.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
