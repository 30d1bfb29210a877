import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { writeBoard } from '../../../src/features/drift/board.ts';
import { compareTarget } from '../../../src/features/drift/drift.ts';
import { putRight } from '../../../src/features/drift/put-right.ts';
import type { DriftTools } from '../../../src/features/drift/tools.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import type { Drift } from '../../../src/model/drift.ts';
import type { JobPayloads } from '../../../src/model/jobs.ts';
import { repoKey } from '../../../src/model/repo.ts';
import { keyOf, manifest, openWorld, signal, type World } from '../world.ts';
import { healthyWeb } from './healthy-web.ts';

const target = 'apps/web@prod:prod';
let world: World;
let healthy: Deployment;
let issue: number;

beforeAll(async () => {
  world = await openWorld({ 'apps/web/prod/web.yaml': manifest('web', '1') });
  healthy = await healthyWeb(world);
  await drifted('0');
  await writeBoard({ repo: world.repo }, world.tools, signal);
  issue = world.stage.repo.issues().at(-1)?.number ?? 0;
});

beforeEach(async () => {
  Object.assign(world.engine, { isAway: false, leavesDrift: false });
  set('1');
  world.pass(3_600_001);
  await compare();
});

const set = (key: string) => world.engine.live.set(target, new Map([[keyOf('web'), { data: { key } }]]));
const live = () => world.engine.live.get(target)?.get(keyOf('web'));
const compare = () => compareTarget({ repo: world.repo, target, wake: 'test' }, world.tools, signal);
const said = () => world.stage.repo.comments(issue).map(({ body }) => body);
const lastAct = async () =>
  (await world.tools.store.audit.read({ after: 0, limit: 1_000 }))
    .filter(({ action }) => /heal|adopt/.test(action))
    .at(-1);
const adoptPulls = () => world.stage.repo.pulls().filter(({ headRef }) => headRef.startsWith('fairlead/adopt-'));

async function drifted(key: string): Promise<Drift> {
  set(key);
  await compare();
  const [row] = await world.tools.store.drift.find({ repo: world.repo, open: true });
  if (row === undefined) throw new Error('nothing drifted');
  return row;
}

/** What the command queues when ann types it on the board. */
function ask({ id }: Drift, how: 'heal' | 'adopt'): JobPayloads['heal'] {
  const asked = {
    thread: { kind: 'issue', number: issue },
    at: world.tools.now().toISOString(),
    isTold: false,
  } as const;
  return { drift: id, actor: 'ann', how, asked };
}

const run = (job: JobPayloads['heal'], tools: DriftTools = world.tools) => putRight(job, tools, signal);

/** The heal job that was queued since; its time. */
function queued(from: number) {
  const [found] = world.added.slice(from).filter(({ job }) => job.kind === 'heal' && 'drift' in job.payload);
  return { payload: found?.job.payload as JobPayloads['heal'], runAt: found?.runAt ?? null }; // of that kind: filtered
}

/** Tools that write the live value into the manifest. */
function adopting(key: string): DriftTools {
  const files = new Map([['apps/web/prod/web.yaml', new TextEncoder().encode(manifest('web', key))]]);
  return { ...world.tools, adopt: async () => ({ kind: 'files', files }) };
}

describe('who asks for a heal', () => {
  test('is told where it was asked when the field stays as it is', async () => {
    world.engine.leavesDrift = true;
    const row = await drifted('9');
    const before = said().length;
    await run(ask(row, 'heal'));

    expect(said().slice(before)).toEqual([
      expect.stringMatching(new RegExp(`⛔ .*/fairlead heal ${row.id}.*still differs.*by hand`)),
    ]);
  });

  test('hears nothing more when it is done', async () => {
    const row = await drifted('9');
    const before = said().length;
    await run(ask(row, 'heal'));

    expect(live()).toMatchObject({ data: { key: '1' } });
    expect(said()).toHaveLength(before);
  });

  test('during a rollout is told that it waits, and then what became of it, in one comment', async () => {
    const row = await drifted('9');
    const { id: _, ...facts } = healthy;
    const rollout = await world.tools.store.deployments.create(null, { ...facts, state: 'following' });
    const [before, from] = [said().length, world.added.length];
    await run(ask(row, 'heal'));
    const [waiting, next] = [said().at(-1), queued(from)];
    await run(next.payload);
    const still = [said().length, live()];
    await world.tools.store.deployments.update(null, rollout.id, { state: 'superseded' });
    await run(next.payload);

    expect(waiting).toMatch(/⏳ .*heal d-.*waits/);
    expect(next.runAt?.getTime()).toBeGreaterThan(world.tools.now().getTime());
    expect(still).toMatchObject([before + 1, { data: { key: '9' } }]);
    expect(live()).toMatchObject({ data: { key: '1' } });
    expect(said().slice(before)).toEqual([expect.stringMatching(/✅ .*heal d-/)]);
  });

  test('while somebody else writes the target waits two hours at most, and is told why it was not done', async () => {
    const row = await drifted('9');
    const key = `target:${repoKey(world.repo)}:${target}`;
    const lease = await world.tools.store.leases.take(key, 'D-99', 24 * 3_600_000);
    const job = ask(row, 'heal');
    let from = world.added.length;
    await run(job);
    const first = queued(from);
    world.pass(2 * 3_600_000);
    from = world.added.length;
    await run(first.payload);
    await world.tools.store.leases.release(lease ?? { key, holder: '', fence: 0 });

    expect(first.runAt).not.toBeNull();
    expect(queued(from).payload).toBeUndefined();
    expect(said().at(-1)).toMatch(/⛔ .*heal d-.*being deployed/);
    expect(await lastAct()).toMatchObject({ action: 'heal-refused', actor: 'ann' });
  });

  test('of a cluster that stays away is told when it is tried no more', async () => {
    const job = ask(await drifted('9'), 'heal');
    world.engine.isAway = true;
    await expect(run(job)).rejects.toMatchObject({ kind: 'unavailable' });
    world.pass(10 * 60_000);
    await run(job);

    expect(said().at(-1)).toMatch(/⛔ .*The cluster prod does not answer/);
  });

  test('is told when the mode was changed in between', async () => {
    const row = await drifted('9');
    const { settings } = world.tools;
    const observing: DriftTools['settings'] = async (...given) => {
      const inForce = await settings(...given);
      return { ...inForce, settings: { ...inForce.settings, mode: 'observe' } };
    };
    await run(ask(row, 'heal'), { ...world.tools, settings: observing });

    expect(said().at(-1)).toMatch(/⛔ .*`observe`/);
    expect(live()).toMatchObject({ data: { key: '9' } });
  });
});

describe('who asks for an adoption', () => {
  test('gets a pull each time the field drifts, whatever stands of the last one', async () => {
    await run(ask(await drifted('6'), 'adopt'), adopting('6'));
    set('1');
    await compare();
    world.pass(60_000);
    await run(ask(await drifted('7'), 'adopt'), adopting('7'));

    expect(adoptPulls().map(({ title }) => title)).toHaveLength(2);
    expect(new Set(adoptPulls().map(({ headRef }) => headRef)).size).toBe(2);
  });

  test('is told why there is no pull', async () => {
    const row = await drifted('6');
    await run(ask(row, 'adopt'));

    expect(said().at(-1)).toMatch(new RegExp(`⛔ .*/fairlead adopt ${row.id}.*It comes from a generator`));
    expect(await lastAct()).toMatchObject({ action: 'adopt-refused' });
  });

  test('is told when the forge refuses for good', async () => {
    const row = await drifted('6');
    const before = adoptPulls().length;
    const stamp = row.firstSeen.replace(/\D/g, '').slice(0, 14);
    await world.stage.repo.commit(`fairlead/adopt-${row.id}-${stamp}`, { 'README.md': 'mine' }, 'By hand');
    await run(ask(row, 'adopt'), adopting('6'));

    expect(adoptPulls()).toHaveLength(before);
    expect(said().at(-1)).toMatch(/⛔ .*fairlead\/adopt-d-/);
    expect(await lastAct()).toMatchObject({ action: 'adopt-refused' });
  });

  test('has one pull for one drift, whatever is merged or written meanwhile', async () => {
    const row = await drifted('6');
    await run(ask(row, 'adopt'), adopting('6'));
    const before = adoptPulls().length;
    await world.push({ 'README.md': 'moved' });
    await run({ drift: row.id, actor: 'fairlead', how: 'adopt', asked: null }, adopting('5'));

    expect(adoptPulls()).toHaveLength(before);
    expect(await lastAct()).toMatchObject({ action: 'adopt-opened', actor: 'ann' });
  });
});
