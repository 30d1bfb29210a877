import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { alsoOpen } from '../../../src/features/review/also-open.ts';
import type { Plan, PlanTarget } from '../../../src/model/plan.ts';
import type { RepoRef } from '../../../src/model/repo.ts';
import type { RepoPort } from '../../../src/world/forge/forge.ts';
import { type OpenedStore, openSqlite } from '../../../src/world/store/sqlite/sqlite.ts';
import { newPlan, newRepo } from '../../contract/store-fixtures.ts';

let opened: OpenedStore;
let repo: RepoRef;
/** Pulls of the forge. */
const pulls = new Map<number, { readonly state: 'open' | 'closed'; readonly head: string }>();

beforeAll(async () => {
  opened = await openSqlite({ path: ':memory:', lock: false, now: () => new Date(), random: () => 0.5 });
});

beforeEach(() => {
  repo = newRepo();
  pulls.clear();
});

afterAll(() => opened.close());

const port = {
  pull: async (number: number) => {
    const found = pulls.get(number);
    if (found === undefined) throw new Error(`the forge has no pull ${number}`);
    return { number, state: found.state, head: { sha: found.head } };
  },
  // Only these fields of a pull are looked at.
} as unknown as Pick<RepoPort, 'pull'>;

function targetOf(id: string, ...names: readonly string[]): PlanTarget {
  const [target] = newPlan().targets;
  if (target === undefined) throw new Error('the plan of the fixtures has no target');
  const changes = names.map((name) => ({
    ...({ target: id, part: 'pull', action: 'update', paths: [] } as const),
    resource: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name },
  }));
  return { ...target, id, changes };
}

async function open(pull: number, head: string, ...targets: readonly PlanTarget[]): Promise<void> {
  pulls.set(pull, { state: 'open', head });
  const plan: Partial<Plan> = { repo, pull, head, targets };
  await opened.store.plans.save(null, newPlan(plan));
}

const told = async (...targets: readonly PlanTarget[]) =>
  (await alsoOpen(targets, { repo, pull: 9, port, plans: opened.store.plans })).map(({ message }) => message);

test('an open pull that changes the same objects is named with them, one of other objects with the target', async () => {
  await open(1, 'h1', targetOf('web@eu', 'web', 'api'), targetOf('db@eu', 'db'));
  await open(2, 'h2', targetOf('web@eu', 'worker'));
  await open(3, 'h3', targetOf('other@eu', 'web'));

  expect(await told(targetOf('web@eu', 'api', 'web', 'cron'))).toEqual([
    'Pull 1 is open too and changes the same objects (web@eu: Deployment shop/web, Deployment shop/api).',
    'Pull 2 is open too and changes other objects of web@eu.',
  ]);
});

test('one that was pushed to since is told as its last review saw it', async () => {
  await open(1, 'h1', targetOf('web@eu', 'web'));
  pulls.set(1, { state: 'open', head: 'h2' });

  expect(await told(targetOf('web@eu', 'web'))).toEqual([
    'Pull 1 is open too and changes the same objects (web@eu: Deployment shop/web), as its last review saw it.',
  ]);
});

test('one that was closed is not named, and not asked about again', async () => {
  await open(1, 'h1', targetOf('web@eu', 'web'));
  pulls.set(1, { state: 'closed', head: 'h1' });

  expect(await told(targetOf('web@eu', 'web'))).toEqual([]);
  pulls.clear();
  expect(await told(targetOf('web@eu', 'web'))).toEqual([]);
});

test('of many the newest three are named, and the forge is asked about no more', async () => {
  for (const pull of [1, 2, 3, 4, 5]) await open(pull, `h${pull}`, targetOf('web@eu', 'web'));
  for (const old of [1, 2]) pulls.delete(old);

  expect(await told(targetOf('web@eu', 'web'))).toEqual([
    ...[5, 4, 3].map((pull) => expect.stringMatching(new RegExp(`^Pull ${pull} is open too`))),
    '2 more pulls changed these targets when they were reviewed; they may be closed by now.',
  ]);
});

test('a pull that changes nothing asks nobody', async () => {
  await open(1, 'h1', targetOf('web@eu', 'web'));
  pulls.clear();

  expect(await told(targetOf('web@eu'))).toEqual([]);
});
