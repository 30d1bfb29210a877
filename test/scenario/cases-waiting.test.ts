import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CaseStage, openCases } from './loop/case-stage.ts';
import { eventually } from './loop/eventually.ts';

const healthy = /^### ✅ Deployed to 1 target, all healthy/m;

describe('a deployment that waits', () => {
  let stage: CaseStage;

  beforeAll(async () => {
    const prod = Object.fromEntries(
      ['unreviewed', 'pushed', 'held', 'paused', 'back'].map((name) => [name, 'prod'] as const),
    );
    stage = await openCases('github', { ...prod, approval: 'staging', talk: 'staging' });
  }, 300_000);

  afterAll(async () => {
    await stage.close();
  }, 60_000);

  test('was merged before its last commit was reviewed, and says which command goes on', async () => {
    const { hands } = stage;
    const pull = await stage.pull('unreviewed', 'prod', { tag: '2.0.0' });
    await hands.pushToPull(pull, stage.files('unreviewed', 'prod', { tag: '3.0.0' }));
    await hands.mergePull(pull, 'maintainer');

    const waiting = await stage.told(pull, /was merged before its last commit was reviewed/);
    expect(waiting).toContain('`/fairlead deploy prod`');
    expect(await stage.image('unreviewed', 'prod')).toBe('registry.example/app:1.0.0');

    await stage.ask(pull, '/fairlead deploy prod');
    await stage.told(pull, healthy);
    expect(await stage.image('unreviewed', 'prod')).toBe('registry.example/app:3.0.0');
  }, 300_000);

  test('was pushed without a pull', async () => {
    const { hands } = stage;
    await hands.commit('main', stage.files('pushed', 'prod', { tag: '2.0.0' }), 'straight to main');

    const waiting = await stage.newest('pushed', ({ state }) => state === 'waiting');

    expect(waiting.reason).toMatch(/pushed without a pull.*`\/fairlead deploy prod`/);
    expect(await stage.image('pushed', 'prod')).toBe('registry.example/app:1.0.0');
  }, 300_000);

  test('was approved for a head that is not the merged one', async () => {
    const { hands } = stage;
    const pull = await stage.pull('approval', 'staging', { tag: '2.0.0' });
    expect(await stage.ask(pull, '/fairlead approve staging')).toMatch(/^✅|approved at/m);
    const head = await hands.pushToPull(pull, stage.files('approval', 'staging', { tag: '3.0.0' }));
    // Typed at once, before anything can be shown of the push.
    await hands.comment({ kind: 'pull', number: pull }, 'maintainer', '/fairlead approve staging');
    await stage.told(pull, /a push came after/);
    await eventually('the review of the push', async () => hands.check(head) ?? undefined);
    await stage.look(async (store) => {
      const [repo] = await store.repos.list();
      if (repo === undefined) throw new Error('no repository was heard of');
      const marks = (await store.pulls.marks(repo, pull)).filter((mark) => mark.kind === 'approve');
      // An approval is never for a head whose plan was not shown when it was typed.
      expect(marks.map((mark) => mark.head)).not.toContain(head);
    });
    await hands.mergePull(pull, 'maintainer');

    await stage.told(pull, /for an approval: `\/fairlead approve staging`/);
    expect(await stage.image('approval', 'staging')).toBe('registry.example/app:1.0.0');

    expect(await stage.ask(pull, '/fairlead approve staging')).toMatch(/approved at/);
    await stage.told(pull, healthy);
    expect(await stage.image('approval', 'staging')).toBe('registry.example/app:3.0.0');
  }, 300_000);

  test('obeys nobody without rights, no code block, no edit, no bot, and not the author', async () => {
    const { hands } = stage;
    hands.role('outsider', 'read');
    const pull = await stage.pull('talk', 'staging', { tag: '2.0.0' });
    const thread = { kind: 'pull', number: pull } as const;
    await hands.mergePull(pull, 'maintainer');
    await stage.told(pull, /for an approval/);

    const comment = await hands.comment(thread, 'maintainer', 'soon');
    await hands.editComment(comment, '/fairlead approve staging');
    await hands.comment(thread, 'maintainer', 'like this:\n\n```\n/fairlead approve staging\n```\n');
    await hands.comment(thread, 'maintainer', '> /fairlead approve staging');
    await hands.comment(thread, 'helper[bot]', '/fairlead approve staging');
    await hands.comment(thread, 'outsider', '/fairlead approve staging');
    const refused = await stage.told(pull, /Refused `\/fairlead approve staging`: it needs the role `write`/);
    expect(refused).toMatch(/`outsider` has `read`/);
    await hands.comment(thread, 'developer', '/fairlead approve staging');
    await stage.told(pull, /nobody approves a pull of their own/);

    const replies = hands.comments(thread).filter(({ body }) => /key=command-/.test(body));
    expect(replies).toHaveLength(2);
    expect(await stage.image('talk', 'staging')).toBe('registry.example/app:1.0.0');

    await stage.ask(pull, '/fairlead approve staging');
    await stage.told(pull, healthy);
  }, 300_000);

  test('is held until somebody says unhold', async () => {
    const { hands } = stage;
    const pull = await stage.pull('held', 'prod', { tag: '2.0.0' });
    await stage.ask(pull, '/fairlead hold not before noon');
    await hands.pushToPull(pull, stage.files('held', 'prod', { tag: '3.0.0' }));
    const head = await hands.head(hands.pulls().find(({ number }) => number === pull)?.head ?? '');
    await eventually('the review of the push', async () => hands.check(head ?? '') ?? undefined);
    await hands.mergePull(pull, 'maintainer');

    await stage.told(pull, /held by maintainer: not before noon/);
    expect(await stage.image('held', 'prod')).toBe('registry.example/app:1.0.0');

    await stage.ask(pull, '/fairlead unhold');
    await stage.told(pull, healthy);
    expect(await stage.image('held', 'prod')).toBe('registry.example/app:3.0.0');
  }, 300_000);

  test('is paused with its environment until somebody says resume', async () => {
    const pull = await stage.pull('paused', 'prod', { tag: '2.0.0' });
    await stage.ask(pull, '/fairlead pause prod incident 7');
    await stage.hands.mergePull(pull, 'maintainer');

    await stage.told(pull, /prod is paused by maintainer: incident 7/);
    expect(await stage.image('paused', 'prod')).toBe('registry.example/app:1.0.0');

    await stage.ask(pull, '/fairlead resume prod');
    await stage.told(pull, healthy);
  }, 300_000);

  test('is done again by a command: a rollback to the last healthy commit, and the pull once more', async () => {
    const pull = await stage.merged('back', 'prod', { tag: '2.0.0' });
    await stage.told(pull, healthy);

    expect(await stage.ask(pull, '/fairlead rollback prod apps/back')).toMatch(/Git stays as it is/);
    await eventually('version 1 in the cluster', async () =>
      (await stage.image('back', 'prod')) === 'registry.example/app:1.0.0' ? true : undefined,
    );
    await stage.newest('back', ({ trigger, state }) => trigger === 'rollback' && state === 'healthy');

    await stage.ask(pull, '/fairlead deploy prod');
    await eventually('version 2 in the cluster', async () =>
      (await stage.image('back', 'prod')) === 'registry.example/app:2.0.0' ? true : undefined,
    );
    expect(stage.hands.violations()).toEqual([]);
  }, 300_000);
});
