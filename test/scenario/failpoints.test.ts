import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KilledBot, startKilledBot } from './killed/bot.ts';
import type { Failpoint } from './killed/failpoint.ts';
import { type ForgeSide, openForgeSide, post } from './killed/forge-side.ts';
import { type KilledStore, killedStores, openStoreAt } from './killed/stores.ts';
import { eventually } from './loop/eventually.ts';

/** Where the process dies, and what the forge hears: 0 is nothing. */
const failpoints: readonly (readonly [Failpoint, number])[] = [
  ['before insert', 0],
  ['after insert, before commit', 0],
  ['after commit, before answer', 0],
];

describe.each(Object.keys(killedStores))('a bot on %s that dies while it takes a webhook in', (name) => {
  let store: KilledStore;
  let side: ForgeSide;
  let bots: KilledBot[] = [];
  const start = async (failpoint: Failpoint | null): Promise<KilledBot> => {
    const told = { ...side.told, store: store.address, ...(failpoint === null ? {} : { failpoint }) };
    const bot = await startKilledBot(told);
    bots.push(bot);
    return bot;
  };
  beforeAll(async () => {
    store = await (killedStores[name] ?? (() => Promise.reject(new Error(name))))();
    side = await openForgeSide(1);
  });
  afterAll(async () => {
    await Promise.all(bots.map((bot) => bot.kill()));
    await side.close();
    await store.close();
  });

  /** Sends it again where it was not acknowledged, and lets a bot that lives do its work; the state of its row. */
  async function finish(id: string, isAcked: boolean): Promise<string | undefined> {
    const bot = await start(null);
    if (!isAcked) expect(await post(bot.url, side.webhook(side.pulls[0] ?? 0, id))).toBe(202);
    await eventually('an empty queue', async () => ((await bot.ask('jobs')) === 0 ? true : undefined), 30_000);
    expect(await bot.stop()).toBe(0);
    expect(bot.failures).toEqual([]);
    bots = [];
    const opened = await openStoreAt(store.address);
    const kept = await opened.store.deliveries.get('github', id);
    await opened.close();
    return kept?.state;
  }

  test.each(failpoints)(
    '%s has acknowledged nothing, and does it once when it comes again',
    async (failpoint, status) => {
      await side.push(side.pulls[0] ?? 0);
      const bot = await start(failpoint);

      expect(await post(bot.url, side.webhook(side.pulls[0] ?? 0, failpoint))).toBe(status);
      await bot.ended;

      expect(await finish(failpoint, false)).toBe('processed');
      expect(side.wrong()).toEqual([]);
    },
    60_000,
  );

  test('after the answer has lost nothing', async () => {
    await side.push(side.pulls[0] ?? 0);
    const bot = await start(null);

    expect(await post(bot.url, side.webhook(side.pulls[0] ?? 0, 'after answer'))).toBe(202);
    await bot.kill();

    expect(await finish('after answer', true)).toBe('processed');
    expect(side.wrong()).toEqual([]);
  }, 60_000);

  test('between its work and the note of it does the work again, and nothing twice', async () => {
    await side.push(side.pulls[0] ?? 0);
    const bot = await start('before settling');

    expect([0, 202]).toContain(await post(bot.url, side.webhook(side.pulls[0] ?? 0, 'before settling')));
    await bot.ended;

    expect(await finish('before settling', true)).toBe('processed');
    expect(side.wrong()).toEqual([]);
  }, 60_000);
});
