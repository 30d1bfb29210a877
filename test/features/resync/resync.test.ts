import { beforeEach, describe, expect, test } from '@jest/globals';
import { resync } from '../../../src/features/resync/resync.ts';
import type { ResyncTools } from '../../../src/features/resync/tools.ts';
import { commandIntent } from '../../../src/model/queued.ts';
import { minute, openResync, type ResyncStage, word } from './stage.ts';

const { signal } = new AbortController();
let world: ResyncStage;

beforeEach(async () => {
  world = await openResync();
});

async function look(tools: ResyncTools = world.tools): Promise<readonly string[]> {
  await resync({ repo: world.stage.port.ref }, tools, signal);
  return world.added().map(word);
}

async function open(name: string): Promise<number> {
  const { repo } = world.stage;
  await repo.commit(name, { [`apps/${name}.yaml`]: 'kind: Service\n' });
  const pull = await repo.openPull({ title: name, author: 'mona', head: name });
  // Looks overlap by two minutes.
  world.pass(3 * minute);
  return pull;
}

describe('the first look at a repository', () => {
  test('has every open pull looked at, obeys nothing from before, and takes branches as they are', async () => {
    const { repo } = world.stage;
    const [first, second, closed] = [await open('one'), await open('two'), await open('three')];
    await repo.closePull(closed);
    await repo.addComment(first, 'mona', '/fairlead approve prod');

    const jobs = await look();
    world.pass(1_000);
    const later = await look();

    expect(jobs.toSorted()).toEqual([`review ${first}`, `review ${second}`]);
    expect(later.filter((job) => job.startsWith('command'))).toEqual([]);
  });

  test('of one without a commit does nothing', async () => {
    const { stage } = world;
    await stage.repo.deleteBranch('main');

    expect(await look()).toEqual([]);
  });
});

describe('a later look', () => {
  test('at a quiet repository is four calls, none of them a write, and adds nothing', async () => {
    await open('one');
    await look();
    world.pass(5 * minute);
    world.requests();

    const jobs = await look();

    expect(jobs).toEqual([]);
    expect(world.requests()).toEqual(
      [
        'GET /repos/acme/gitops',
        'GET /repos/acme/gitops/git/ref/heads%2Fmain',
        'GET /repos/acme/gitops/pulls',
        'GET /repos/acme/gitops/issues/comments',
      ].map((line) => expect.stringContaining(line.split('%')[0] ?? '')),
    );
  });

  test('finds pulls that were pushed to, closed or merged, commands, and a branch that moved', async () => {
    const { repo } = world.stage;
    const [pushed, closed, merged, quiet] = [await open('a'), await open('b'), await open('c'), await open('d')];
    await look();
    world.pass(5 * minute);
    await repo.pushToPull(pushed, { 'apps/a.yaml': 'kind: Pod\n' });
    await repo.closePull(closed);
    await repo.mergePull(merged);
    const comment = await repo.addComment(quiet, 'mona', '/fairlead help');

    const jobs = await look();

    expect(jobs.toSorted()).toEqual(
      [
        'branch main',
        'merged main',
        `merged ${merged}`,
        'sweep',
        `review ${pushed}`,
        `ended ${closed}`,
        `ended ${merged}`,
        `command ${comment}`,
      ].toSorted(),
    );
  });

  test('works out from where the branch was at the last look, also after a restart', async () => {
    const { repo } = world.stage;
    const before = await repo.refSha('refs/heads/main');
    await look();
    world.pass(5 * minute);
    await repo.commit('main', { 'a.yaml': 'a: 1\n' });

    await resync({ repo: world.stage.port.ref }, world.restart(), signal);

    const merged = world.added().find(({ job }) => job.kind === 'merged');
    expect(merged?.job.payload).toMatchObject({ branch: 'main', before });
  });

  test('takes a branch that did not move since the first one for worked out, and one that merges were worked out on as it was', async () => {
    const { stage, tools } = world;
    const { ref } = stage.port;
    const head = await stage.repo.refSha('refs/heads/main');
    await look();
    const afterFirst = await tools.store.heads.get(ref, 'main');
    world.pass(5 * minute);
    await look();
    const afterSecond = await tools.store.heads.get(ref, 'main');
    await tools.store.heads.set(null, ref, 'main', 'e'.repeat(40));
    world.pass(5 * minute);

    const jobs = await look();

    expect([afterFirst, afterSecond]).toEqual([null, head]);
    expect(jobs).toEqual(['branch main', 'merged main', 'sweep']);
    expect(await tools.store.heads.get(ref, 'main')).toBe('e'.repeat(40));
  });

  test('leaves alone what was obeyed', async () => {
    const { stage, tools } = world;
    const pull = await open('one');
    await look();
    world.pass(5 * minute);
    const comment = await stage.repo.addComment(pull, 'mona', '/fairlead help');
    const key = commandIntent(stage.port.ref, { kind: 'pull', number: pull }, comment);
    await tools.store.outbox.begin({ key, operation: 'reply', subject: '' });
    const before = await look();
    await tools.store.outbox.finish(key, { commands: 1 });

    const after = await look();

    expect(before).toEqual([`command ${comment}`]);
    expect(after).toEqual([]);
  });

  test('looks at every open pull again after an hour, and after a start', async () => {
    const pull = await open('one');
    await look();
    const later = (minutes: number): ResyncTools => ({
      ...world.tools,
      // Only the clock of the bot: tokens of the forge live an hour.
      now: () => new Date(world.tools.now().getTime() + minutes * minute),
    });
    const soon = await look(later(30));
    const late = await look(later(61));

    const afterStart = await look(world.restart());

    expect([soon, late, afterStart]).toEqual([[], [`review ${pull}`], [`review ${pull}`]]);
  });

  test('reaches back to the last one that came to its end', async () => {
    const { github } = world.stage;
    const pull = await open('one');
    await look();
    world.pass(5 * minute);
    await world.stage.repo.pushToPull(pull, { 'apps/one.yaml': 'kind: Pod\n' });
    github.faults.add({ kind: 'not-found', method: 'GET', path: /issues\/comments/, times: 1 });
    await expect(look()).rejects.toMatchObject({ kind: 'not-found' });
    world.pass(5 * minute);

    expect(await look()).toEqual([`review ${pull}`]);
  });
});
