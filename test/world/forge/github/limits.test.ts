import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { FaultKind } from '../../../../src/pretend/github/faults.ts';
import { ownSource } from '../../../../src/world/forge/calls/shared-budget.ts';
import { withUrgency } from '../../../../src/world/forge/calls/urgency.ts';
import type { Forge, RepoPort } from '../../../../src/world/forge/forge.ts';
import type { Pace } from '../../../../src/world/forge/github/client.ts';
import { createGitHub } from '../../../../src/world/forge/github/github.ts';
import { openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';
import { fast, openPull, openStage, quiet, redacted, type Stage, webhookSecret } from './setup.ts';

/** One clock for the forge and for us, which stands still unless it is set forward. */
let begun = 0;
let skew = 0;
const now = () => new Date(begun + skew);

let stage: Stage;
let number: number;
let forge: Forge;
let port: RepoPort;
let alreadyMinted = 0;
beforeEach(async () => {
  await stage?.stop();
  begun = Date.now();
  skew = 0;
  stage = await openStage({ now });
  number = await openPull(stage.repo);
  alreadyMinted = minted();
  await open();
});
afterAll(() => stage.stop());

async function open(): Promise<void> {
  forge = guarded();
  port = await forge.repo(refOf());
}

const refOf = (repo = stage.repo) => {
  return { forge: 'github', id: repo.id, fullName: repo.fullName, installation: repo.installation };
};
const unlimited = { pointsPerMinute: 1e9, writesPerMinute: 1e9, writesPerHour: 1e9 };

function guarded({ source = ownSource(now), caps = unlimited, pace = {} as Partial<Pace> } = {}): Forge {
  const { id: appId, privateKey } = stage.github.app;
  const common = { logger: quiet, now, redact: (text: string) => text, pace: { ...fast, ...pace } };
  const baseUrl = stage.github.apiUrl;
  return createGitHub({
    ...{ appId, privateKey, baseUrl, webhookSecrets: [webhookSecret], ...common },
    limits: { source, caps },
  });
}
const timers = [
  ...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] as const),
  ...(['nextTick', 'hrtime', 'performance', 'queueMicrotask'] as const),
];
const minted = () => stage.github.requests.filter(({ path }) => path.endsWith('/access_tokens')).length;
const sent = () => stage.github.requests.filter(({ path }) => path.startsWith('/repos/')).length;
const comment = (text: string, to = port) => to.ensureComment(number, text, redacted(text), null);

describe('a limit', () => {
  const limits: readonly (readonly [FaultKind, number])[] = [
    ['secondary-limit', 30],
    ['unavailable-for-a-while', 20],
    ['primary-limit', 60],
    ['too-many-requests-bare', 60],
  ];
  test.each(limits)('%s forbids every call for %d s, and none is made', async (kind, seconds) => {
    stage.github.faults.add({ kind, method: 'GET', path: /^\/repos\// });
    await expect(port.pull(number)).rejects.toMatchObject({ kind: expect.stringMatching(/limited|unavailable/) });
    const before = sent();

    skew += (seconds - 6) * 1000;
    const refused = port.pull(number);
    await expect(refused).rejects.toMatchObject({ kind: 'limited', code: 'github-held-back' });
    await expect(withUrgency('urgent', () => comment('no'))).rejects.toMatchObject({ kind: 'limited' });
    expect(sent()).toBe(before);
    skew += 7_000;
    expect((await port.pull(number)).number).toBe(number);

    expect(stage.github.early).toEqual([]);
  });

  test('of one replica is known to the other', async () => {
    const { store, close } = await openSqlite({ path: ':memory:', now, random: () => 0 });
    const [one, two] = await Promise.all([1, 2].map(() => guarded({ source: store.budgets }).repo(refOf())));
    await two?.pull(number);
    stage.github.faults.add({ kind: 'secondary-limit', method: 'GET', path: /pulls/ });
    await expect(one?.pull(number)).rejects.toMatchObject({ kind: 'limited' });
    skew += 1_000;

    await expect(two?.pull(number)).rejects.toMatchObject({ code: 'github-held-back' });

    expect(stage.github.early).toEqual([]);
    await close();
  });

  test('of one installation does not hold up another', async () => {
    const other = await stage.github.createRepo({ owner: 'other', name: 'gitops' });
    const theirs = await forge.repo(refOf(other));
    stage.github.faults.add({ kind: 'secondary-limit', method: 'GET', path: /acme/ });
    await expect(port.pull(number)).rejects.toMatchObject({ kind: 'limited' });

    expect(await theirs.openPulls(null)).toEqual([]);
  });
});

describe('the reserve', () => {
  test('is left to deploys: reviews wait for new calls, and are told when', async () => {
    const resetAt = new Date(Math.ceil(now().getTime() / 1000) * 1000 + 1_200_000);
    stage.github.setQuota(1_006, resetAt);
    await open();
    const calls = await Promise.allSettled(Array.from({ length: 12 }, () => port.pull(number)));

    expect(calls.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(2);
    await expect(port.pull(number)).rejects.toMatchObject({ code: 'github-held-back', retryAt: resetAt });
    const urgent = await withUrgency('urgent', () => port.pull(number));

    expect(urgent.number).toBe(number);
    const [figure] = forge.budgets();
    expect(figure).toMatchObject({ forge: 'github', installation: stage.repo.installation, limit: 5000, resetAt });
    expect(figure?.remaining).toBeLessThanOrEqual(1_000);
    expect(figure?.remaining).toBeGreaterThan(985);
    expect(figure?.isDegraded).toBe(true);
  });

  test('is there again after the reset', async () => {
    const resetAt = new Date(Math.ceil(now().getTime() / 1000) * 1000 + 60_000);
    stage.github.setQuota(10, resetAt);
    await open();
    await withUrgency('urgent', () => port.pull(number));
    await expect(port.pull(number)).rejects.toMatchObject({ kind: 'limited' });

    skew += 62_000;

    expect((await port.pull(number)).number).toBe(number);
    expect(forge.budgets()[0]?.isDegraded).toBe(false);
  });

  test('even deploys make no call once nothing is left', async () => {
    stage.github.setQuota(3, new Date(Math.ceil(now().getTime() / 1000) * 1000 + 600_000));

    const calls = await withUrgency('urgent', () =>
      Promise.allSettled(Array.from({ length: 9 }, () => port.pull(number))),
    );

    const failures = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason] : []));
    expect(failures.length).toBeGreaterThanOrEqual(6);
    const before = sent();
    await expect(withUrgency('urgent', () => port.pull(number))).rejects.toMatchObject({ code: 'github-held-back' });
    expect(sent()).toBe(before);
  });

  test('three replicas together write no more than the caps say, and deploys still get through', async () => {
    const { store, close } = await openSqlite({ path: ':memory:', now, random: () => 0 });
    const caps = { pointsPerMinute: 800, writesPerMinute: 10, writesPerHour: 400 };
    const replicas = await Promise.all([1, 2, 3].map(() => guarded({ source: store.budgets, caps }).repo(refOf())));
    const writes = () =>
      stage.github.requests.filter(({ method, path }) => method === 'POST' && /comments$/.test(path));

    const reviews = replicas.flatMap((replica, at) => [1, 2, 3, 4, 5].map((of) => comment(`r${at}-${of}`, replica)));
    const outcomes = await Promise.allSettled(reviews);
    const byReviews = writes().length;
    const [replica] = replicas;
    await withUrgency('urgent', () => comment('deploy', replica));

    expect(byReviews).toBeLessThanOrEqual(8);
    expect(byReviews).toBeGreaterThanOrEqual(4);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(15 - byReviews);
    expect(writes()).toHaveLength(byReviews + 1);
    await close();
  });
});

describe('a forge that does not answer', () => {
  test('is given up after its deadline, then left alone for a while; another installation is served', async () => {
    forge = guarded({ pace: { deadline: 1_500 } });
    port = await forge.repo(refOf());
    const other = await stage.github.createRepo({ owner: 'other', name: 'gitops' });
    const theirs = await forge.repo(refOf(other));
    await theirs.openPulls(null);
    await port.pull(number);
    stage.github.faults.add({ kind: 'hang', path: /acme/, times: 1_000 });

    for (const _ of [1, 2]) await expect(port.pull(number)).rejects.toMatchObject({ kind: 'unavailable', status: 0 });
    const before = sent();
    await expect(port.pull(number)).rejects.toMatchObject({ kind: 'unavailable', retryAt: expect.any(Date) });

    expect(sent()).toBe(before);
    expect(await theirs.openPulls(null)).toEqual([]);
  });

  test('is tried again by one call after the pause, and all is well again', async () => {
    // Each read is tried four times.
    stage.github.faults.add({ kind: 'reset', path: /^\/repos\//, times: 20 });
    for (const _ of [1, 2, 3, 4, 5]) await expect(port.pull(number)).rejects.toThrow(/could not be reached/);
    await expect(comment('c')).rejects.toThrow(/calls before it failed/);

    skew += 16_000;

    expect((await comment('c')).did).toBe('created');
    expect((await port.pull(number)).number).toBe(number);
  });

  test.each<FaultKind>(['truncated', 'html', 'reset', 'unavailable'])('reads on after %s', async (kind) => {
    stage.github.faults.add({ kind, method: 'GET', path: /\/pulls\/\d+$/, times: 2 });

    expect((await port.pull(number)).number).toBe(number);
  });
});

describe('access that is refused', () => {
  // The library that mints tokens takes a refusal within five seconds of minting for a delay on GitHub's side.
  const passForAll = (ms: number) =>
    jest.useFakeTimers({ now: Date.now() + ms, advanceTimers: true, doNotFake: timers });
  afterEach(() => {
    jest.useRealTimers();
  });
  const sinceOpened = () => minted() - alreadyMinted;

  test('in the middle: a new token is made once, and the read goes on', async () => {
    await port.pull(number);
    expect(sinceOpened()).toBe(1);
    passForAll(6_000);
    stage.github.revokeTokens();

    expect((await port.pull(number)).number).toBe(number);
    expect(sinceOpened()).toBe(2);
  });

  test('in the middle of a write: it is not sent twice, and the next try has the new token', async () => {
    await port.hasComment(number, 'warm-up');
    passForAll(6_000);
    stage.github.faults.add({ kind: 'unauthorized', method: 'POST', path: /comments$/ });

    await expect(comment('w')).rejects.toMatchObject({ kind: 'unauthorized' });
    expect((await comment('w')).did).toBe('created');
    expect(sinceOpened()).toBe(2);
  });

  test('for good: one new token, then it is left alone for a while and says what to do', async () => {
    await port.pull(number);
    passForAll(6_000);
    stage.github.faults.add({ kind: 'unauthorized', times: 1_000 });

    for (const _ of [1, 2]) await expect(port.pull(number)).rejects.toMatchObject({ kind: 'unauthorized' });
    const [calls, tokens] = [sent(), sinceOpened()];
    for (const _ of [1, 2, 3])
      await expect(port.pull(number)).rejects.toMatchObject({
        kind: 'unauthorized',
        remedy: expect.stringMatching(/APP_ID/),
      });

    expect([sent(), sinceOpened()]).toEqual([calls, tokens]);
    // The first one, and one try at another by each of the two.
    expect(tokens).toBe(3);
  });

  test('as the app was suspended: says so, says what to do, and asks no more for a while', async () => {
    stage.github.faults.add({ kind: 'suspended', times: 1_000 });
    for (const _ of [1, 2])
      await expect(port.pull(number)).rejects.toMatchObject({
        kind: 'forbidden',
        message: expect.stringMatching(/suspended/),
        remedy: expect.stringMatching(/[Uu]nsuspend/),
      });
    const before = stage.github.requests.length;

    await expect(port.pull(number)).rejects.toMatchObject({ kind: 'forbidden' });

    expect(stage.github.requests).toHaveLength(before);
  });

  test('to one thing is no reason to leave the rest alone', async () => {
    stage.github.faults.add({ kind: 'forbidden', method: 'POST', path: /comments$/, times: 8 });

    for (let at = 0; at < 8; at += 1) await expect(comment(`f${at}`)).rejects.toMatchObject({ kind: 'forbidden' });

    expect((await port.pull(number)).number).toBe(number);
  });
});
