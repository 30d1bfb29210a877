import { beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../support/until.ts';
import { openStage, type Stage } from '../../world/forge/github/setup.ts';
import { openReviewWorld } from './world.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});

const short = (head: string): string => head.slice(0, 7);

/** The first line of a pull's only comment, below its marker. */
const titleOf = (pull: number): string | undefined => {
  const comments = stage.repo.comments(pull);
  expect(comments.length).toBeLessThan(2);
  return comments[0]?.body.split('\n')[1];
};

describe('the comment of a pull that is pushed to', () => {
  test('says within two seconds that it is outdated, keeps the rest, and then what is new', async () => {
    const opening = Promise.withResolvers<void>();
    let reviews = 0;
    const world = await openReviewWorld({
      stage,
      pace: 0,
      key: new Uint8Array(32).fill(7),
      midst: async () => {
        reviews += 1;
        if (reviews > 1) await opening.promise;
      },
    });
    const { pull, head } = await world.open('stale');
    await world.done(head);
    const rest = (): string => stage.repo.comments(pull)[0]?.body.split('\n').slice(2).join('\n') ?? '';
    const before = rest();

    const pushed = Date.now();
    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 2\n' });
    await until('the banner', () => titleOf(pull)?.startsWith('### 🕓') || undefined);

    expect(Date.now() - pushed).toBeLessThan(2_000);
    expect(titleOf(pull)).toBe(`### 🕓 Outdated — shows ${short(head)}; reviewing ${short(next)} now`);
    expect(rest()).toBe(before);
    opening.resolve();
    await world.done(next);
    expect(titleOf(pull)).toMatch(/^### ⚠️ Caution/);
    expect(rest()).toContain(`🆕 new since <code>${short(head)}</code>: 1 finding`);
    expect(rest()).toMatch(/- \*\*leak-token\*\* 🆕 — more\.yaml is looked at/);
    expect(rest()).toMatch(/- \*\*leak-token\*\* — stale\.yaml is looked at/);
    expect(rest()).toContain(`earlier: ⚠️ <code>${short(head)}</code>`);
    await world.stop();
  });

  test('costs one comment and three edits at most for two heads, and none where nothing changed', async () => {
    const world = await openReviewWorld({ stage, pace: 0, key: new Uint8Array(32).fill(7) });
    const writes = () =>
      stage.github.requests
        .filter(({ method, path }) => method !== 'GET' && /\/comments/.test(path))
        .map(({ method }) => method);
    const earlier = writes().length;
    const { pull, head } = await world.open('cheap');
    await world.done(head);
    const next = await stage.repo.pushToPull(pull, { 'more.yaml': 'a: 3\n' });
    await world.done(next);
    await until('both reviews', () => world.reviewed.length >= 2 || undefined);
    const made = writes().slice(earlier);

    await stage.repo.rerequest(world.check(next)?.id ?? 0);
    await until('one more review', () => world.reviewed.length >= 3 || undefined);

    expect(made.filter((method) => method === 'POST').length).toBeLessThanOrEqual(1);
    expect(made.filter((method) => method === 'PATCH').length).toBeLessThanOrEqual(3);
    expect(writes().slice(earlier)).toEqual(made);
    await world.stop();
  });
});
