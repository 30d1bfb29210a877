import { beforeAll, describe, expect, test } from '@jest/globals';
import { openStage, type Stage } from '../../world/forge/github/setup.ts';
import { openReviewWorld } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});

/** Comments of a pull that stand beside its review, by number, with their text below the marker. */
const alertsOf = (pull: number): readonly { readonly id: number; readonly text: string }[] =>
  stage.repo
    .comments(pull)
    .slice(1)
    .map(({ id, body }) => ({ id, text: body.split('\n').slice(1).join('\n') }));

async function openWorld() {
  return openReviewWorld({ stage, pace: 0, key: new Uint8Array(32).fill(7) });
}

describe('a pull that is blocked since somebody approved it', () => {
  test('gets a comment of its own once, which goes when nothing blocks it any more', async () => {
    const world = await openWorld();
    const { pull, head } = await world.open('approved');
    await world.done(head);
    await stage.repo.approve(pull, 'alice');
    const push = async (files: Readonly<Record<string, string | null>>): Promise<string> => {
      const next = await stage.repo.pushToPull(pull, files);
      await world.done(next);
      await world.idle('review');
      return next;
    };

    const blocked = await push({ 'blocks.yaml': 'a: 1\n' });
    const first = alertsOf(pull);
    await push({ 'more-blocks.yaml': 'a: 1\n' });
    const second = alertsOf(pull);
    await push({ 'blocks.yaml': null, 'more-blocks.yaml': null });
    const none = alertsOf(pull);
    await push({ 'blocks.yaml': 'a: 2\n' });
    const again = alertsOf(pull);
    await world.stop();

    expect(first).toHaveLength(1);
    expect(first[0]?.text).toBe(
      [
        `### ⛔ Blocked since it was approved — \`alice\` approved this pull; at \`${blocked.slice(0, 7)}\` its review is blocked`,
        '',
        '- **leak-token** — blocks.yaml is looked at.',
        '',
        'The review above tells all of it. This comment goes once nothing blocks the pull.',
      ].join('\n'),
    );
    expect(second).toEqual(first);
    expect(none).toEqual([]);
    expect(again).toHaveLength(1);
    expect(again[0]?.id).not.toBe(first[0]?.id);
  });

  test.each([
    ['nobody approved it', async () => undefined],
    [
      'the approval was dismissed',
      async (pull: number) => {
        await stage.repo.approve(pull, 'alice');
        await stage.repo.dismissReviews(pull, 'alice');
      },
    ],
  ])('gets none where %s', async (why, judge) => {
    const world = await openWorld();
    const { pull, head } = await world.open(why.replaceAll(' ', '-'));
    await world.done(head);
    await judge(pull);
    await world.done(await stage.repo.pushToPull(pull, { 'blocks.yaml': 'a: 1\n' }));
    await world.idle('review');
    await world.stop();

    expect(stage.repo.comments(pull)[0]?.body).toContain('Blocked');
    expect(alertsOf(pull)).toEqual([]);
  });

  test('gets none where its first review is blocked: that comment is new itself', async () => {
    const world = await openWorld();
    const { pull, head } = await world.open('first', { 'blocks.yaml': 'a: 1\n' });
    await stage.repo.approve(pull, 'alice');
    await world.done(head);
    await world.idle('review');
    await world.stop();

    expect(alertsOf(pull)).toEqual([]);
  });
});
