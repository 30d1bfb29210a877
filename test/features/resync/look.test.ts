import { beforeEach, describe, expect, test } from '@jest/globals';
import { dueRepositories } from '../../../src/features/resync/due.ts';
import { lookAtForge } from '../../../src/features/resync/look.ts';
import { askForMissed } from '../../../src/features/resync/missed.ts';
import type { RepoRef } from '../../../src/model/repo.ts';
import { until } from '../../support/until.ts';
import { webhookSecret } from '../../world/forge/github/setup.ts';
import { minute, openResync, type ResyncStage } from './stage.ts';

const { signal } = new AbortController();
let world: ResyncStage;

beforeEach(async () => {
  world = await openResync();
});

const look = () => lookAtForge({ forge: 'github' }, world.tools, signal);

const names = (repos: readonly RepoRef[]) => repos.map(({ fullName }) => fullName).toSorted();

describe('a look at a forge', () => {
  test('makes repositories of every organisation known and has them compared', async () => {
    await world.stage.github.createRepo({ owner: 'other', name: 'shop' });

    await look();

    expect(names(await world.tools.store.repos.list())).toEqual(['acme/gitops', 'other/shop']);
    expect(world.added().map(({ key }) => key)).toHaveLength(2);
    expect(world.troubles).toEqual([]);
  });

  test('goes on with what is known where the forge does not list its repositories, or its webhooks', async () => {
    await world.tools.store.repos.see(null, world.stage.port.ref);
    world.stage.github.faults.add({ kind: 'unavailable', path: /^\/app\//, times: 1_000 });

    await look();

    expect(world.added()).toMatchObject([{ job: { kind: 'resync' } }]);
    expect(world.troubles).toEqual(['list repositories', 'ask for missed webhooks']);
  });

  test('is not ended for the others by an installation that cannot be read', async () => {
    const other = await world.stage.github.createRepo({ owner: 'other', name: 'shop' });
    const path = new RegExp(`^/app/installations/${other.installation}/access_tokens`);
    world.stage.github.faults.add({ kind: 'forbidden', path, times: 10 });

    await look();

    expect(names(await world.tools.store.repos.list())).toEqual(['acme/gitops']);
  });
});

describe('webhooks that were missed', () => {
  const ask = () => askForMissed(world.stage.forge, world.tools);
  const tries = () => world.stage.github.hooks.attempts.filter(({ isRedelivery }) => isRedelivery).length;

  async function miss(count: number): Promise<void> {
    await ask();
    await fail(count);
  }

  async function fail(count: number): Promise<void> {
    const { github, repo } = world.stage;
    github.hooks.deliverTo('http://127.0.0.1:9/hooks/github', webhookSecret);
    for (let at = 0; at < count; at += 1) await repo.commit('main', { 'a.yaml': `a: ${at}\n` });
  }

  test('are asked for once, and again only after they failed again and a while went by', async () => {
    await miss(2);

    const asked = [await ask()];
    await until('both tries', () => (tries() === 2 ? true : undefined));
    asked.push(await ask());
    world.pass(5 * minute);
    asked.push(await ask());
    world.pass(5 * minute);
    asked.push(await ask());

    expect(asked).toEqual([2, 0, 2, 0]);
  });

  test('from before the store began are left alone: whether they were obeyed is not known any more', async () => {
    await fail(2);
    const first = await ask();
    world.pass(5 * minute);
    await fail(1);

    expect([first, await ask()]).toEqual([0, 1]);
  });

  test('are given up after five times', async () => {
    await miss(1);
    let asked = 0;
    for (let day = 0; day < 9; day += 1) {
      asked += await ask();
      world.pass(5 * minute * 2 ** day);
    }

    expect(asked).toBe(5);
  });

  test('are not asked for where only our answer was lost', async () => {
    await miss(1);
    const [delivery] = world.stage.github.hooks.deliveries;
    await world.tools.store.transaction((tx) =>
      world.tools.store.deliveries.insert(tx, {
        ...{ forge: 'github', id: delivery?.id ?? '', event: 'push', headers: {}, body: new Uint8Array() },
        receivedAt: world.tools.now(),
      }),
    );

    expect(await ask()).toBe(0);
  });
});

describe('repositories that are due', () => {
  const repos = (count: number, installation: number): readonly RepoRef[] =>
    Array.from({ length: count }, (_, at) => ({
      ...{ forge: 'github', id: installation * 1_000 + at, fullName: `acme/r${at}`, installation },
    }));

  test('are all of them after a start, up to two hundred of an installation', () => {
    expect(dueRepositories([...repos(300, 1), ...repos(3, 2)], new Map(), 5 * minute)).toHaveLength(203);
  });

  test('are those looked at longest ago, within a fifth of what the forge grants', () => {
    const all = repos(100, 1);
    const looked = new Map(all.map(({ id }, at) => [`github:${id}`, 100 - at]));

    const due = dueRepositories(all, looked, 5 * minute);

    expect(due.map(({ id }) => id)).toEqual(
      all
        .slice(-20)
        .map(({ id }) => id)
        .toReversed(),
    );
  });
});
