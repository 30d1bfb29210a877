import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import type { DeployTools } from '../../../src/features/deploy/tools.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { keyOf, manifest, openWorld, signal, type World } from '../world.ts';

/** A world in which one merge gave every application a deployment, none of which has begun. */
export interface SteppingStage<App extends string> {
  readonly world: World;
  /** Id of an application's deployment. */
  id(app: App): string;
  get(app: App): Promise<Deployment>;
  /** Takes one step. */
  step(app: App, tools?: DeployTools): Promise<Deployment>;
  /** A deployment of the same target that was asked for later. */
  newer(app: App): Promise<Deployment>;
  /** What the engine wrote. */
  written(app: App): JsonObject | undefined;
  /** The newest job for a deployment. */
  waiting(id: string): World['added'][number] | undefined;
  /** Kinds of the jobs about an application's deployment. */
  jobs(app: App): readonly string[];
  /** Somebody types `/fairlead deploy prod` on the pull. */
  command(): Promise<void>;
  /** Takes back what a test did to the engine, and the command. */
  reset(): Promise<void>;
}

/** Opens it. The application `gone` loses an object by the merge. */
export async function openStepping<App extends string>(apps: readonly App[]): Promise<SteppingStage<App>> {
  const world = await openWorld(filesOf(apps, '1'));
  const ids = await mergeAll(world, filesOf(apps, '2'));
  const { store } = world.tools;
  const id = (app: App) => ids.get(app) ?? '';
  const get = async (app: App): Promise<Deployment> => {
    const found = await store.deployments.get(id(app));
    if (found === null) throw new Error(`no deployment of ${app}`);
    return found;
  };
  const pull = async (): Promise<number> => (await store.deployments.get([...ids.values()][0] ?? ''))?.pulls[0] ?? 0;
  return {
    world,
    id,
    get,
    step: async (app, tools = world.tools) => {
      await stepDeployment(id(app), tools, signal);
      return get(app);
    },
    newer: async (app) => {
      const { id: _, ...facts } = await get(app);
      const fresh = { ...facts, trigger: 'command', state: 'accepted', reason: '', steps: [], journal: null } as const;
      return store.deployments.create(null, { ...fresh, pulls: [], failedBefore: [] });
    },
    written: (app) => world.engine.live.get(`apps/${app}@prod:prod`)?.get(keyOf(app)),
    waiting: (wanted) => world.added.filter(({ key }) => key === `deploy:${wanted}`).at(-1),
    jobs: (app) => world.added.filter(({ key }) => key.endsWith(`:${id(app)}`)).map(({ job }) => job.kind),
    command: async () => {
      const number = await pull();
      const mark = { kind: 'deploy', subject: 'prod', digests: {}, by: 'hubot', reason: '' } as const;
      const head = (await world.stage.port.pull(number)).head.sha;
      await store.pulls.mark(null, world.repo, number, { ...mark, head, at: world.tools.now().toISOString() });
    },
    reset: async () => {
      await store.pulls.unmark(null, world.repo, await pull(), 'deploy', 'prod');
      Object.assign(world.engine, { isAway: false, fault: null, refusal: null, stages: 1 });
      world.engine.foreign.clear();
      world.engine.ill.clear();
    },
  };
}

function filesOf(apps: readonly string[], key: string): Record<string, string | null> {
  return {
    ...Object.fromEntries(apps.map((app) => [`apps/${app}/prod/${app}.yaml`, manifest(app, key)])),
    ...(apps.includes('gone') ? { 'apps/gone/prod/extra.yaml': key === '1' ? manifest('extra', '1') : null } : {}),
  };
}

async function mergeAll(world: World, files: Record<string, string | null>): Promise<ReadonlyMap<string, string>> {
  const { repo, tools } = world;
  const head = await world.stage.port.branchHead('main');
  await tools.store.heads.set(null, repo, 'main', head ?? '');
  await world.merge(files);
  await takeMerges({ repo, branch: 'main', before: null }, tools, signal);
  const deployments = await tools.store.deployments.find({ repo });
  return new Map(deployments.map(({ application, id }) => [application.replace('apps/', ''), id]));
}
