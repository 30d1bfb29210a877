import { beforeEach, describe, expect, test } from '@jest/globals';
import { takeMerges } from '../../../src/features/deploy/merged.ts';
import { stepDeployment } from '../../../src/features/deploy/step.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import { manifest, openWorld, signal, type World } from '../world.ts';

const settings = `version: 1
mode: enforce
environments:
  prod:
    deploy: { on: merge, approvals: { count: 1 } }
`;
const files = (web: string, db: string) => ({
  'apps/shop/prod/web.yaml': manifest('web', web),
  'apps/shop/prod/db.yaml': manifest('db', db),
});

let world: World;
let pulls: number[];

beforeEach(async () => {
  world = await openWorld(files('1', '1'), { settings });
  await world.tools.store.heads.set(null, world.repo, 'main', (await world.stage.port.branchHead('main')) ?? '');
  pulls = [];
});

async function merge(change: Record<string, string | null>): Promise<Deployment> {
  pulls.push((await world.merge(change)).pull);
  await takeMerges({ repo: world.repo, branch: 'main', before: null }, world.tools, signal);
  return newest();
}

async function newest(): Promise<Deployment> {
  const [found] = await world.tools.store.deployments.find({ repo: world.repo, limit: 1 });
  if (found === undefined) throw new Error('nothing is deployed');
  return found;
}

async function step({ id }: Deployment): Promise<Deployment> {
  await stepDeployment(id, world.tools, signal);
  return (await world.tools.store.deployments.get(id)) ?? newest();
}

/** What the review of a pull showed. */
async function digestsOf(pull: number): Promise<Record<string, string>> {
  const plan = await world.tools.store.plans.of(world.repo, pull, null);
  return Object.fromEntries((plan?.targets ?? []).map(({ id, digest }) => [id, digest ?? '']));
}

/** `/fairlead approve prod` on a pull. */
async function approve(pull: number, digests: Record<string, string> = {}): Promise<void> {
  const { repo, tools, stage } = world;
  world.pass(1_000);
  const said = { kind: 'approve', subject: 'prod', by: 'hubot', reason: '', digests } as const;
  const head = (await stage.port.pull(pull)).head.sha;
  await tools.store.pulls.mark(null, repo, pull, { ...said, head, at: tools.now().toISOString() });
}

describe('an approval', () => {
  test('of one pull deploys no other that waits with it', async () => {
    await merge({ 'apps/shop/prod/web.yaml': manifest('web', '2') });
    const both = await merge({ 'apps/shop/prod/db.yaml': manifest('db', '2') });
    const [first = 0, second = 0] = pulls;
    await approve(first, await digestsOf(first));
    const waits = await step(both);
    await approve(second);
    const begins = await step(both);

    expect([both.pulls, waits.state, waits.reason]).toEqual([
      [first, second],
      'waiting',
      `for an approval on #${second}: \`/fairlead approve prod\``,
    ]);
    expect(begins.state).toBe('applying');
  });

  test('of the newest pull covers those before it when its review showed the whole result', async () => {
    await merge({ 'apps/shop/prod/web.yaml': manifest('web', '2') });
    const both = await merge({ 'apps/shop/prod/db.yaml': manifest('db', '2') });
    await approve(pulls[1] ?? 0, await digestsOf(pulls[1] ?? 0));

    expect((await step(both)).state).toBe('applying');
  });

  test('that let a deployment begin holds when a newer one carries its pull on', async () => {
    world.engine.stages = 3;
    const stuck = await merge({ 'apps/shop/prod/web.yaml': manifest('web', '2') });
    await approve(pulls[0] ?? 0);
    await step(stuck);
    const fix = await merge({ 'apps/shop/prod/web.yaml': null });
    await approve(pulls[1] ?? 0);
    const waits = await step(fix);
    const over = await step(stuck);
    const begins = await step(fix);

    expect([waits.state, over.state, begins.state]).toEqual(['waiting', 'superseded', 'applying']);
    expect(begins.pulls).toEqual(pulls);
  });
});
