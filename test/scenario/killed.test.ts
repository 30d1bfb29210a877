import { afterEach, describe, expect, test } from '@jest/globals';
import { seeded, seedOfRun } from '../support/seeded.ts';
import type { KilledBot } from './killed/bot.ts';
import { openForgeSide } from './killed/forge-side.ts';
import { type Load, type Outcome, runLoad } from './killed/load.ts';
import { type KilledStore, killedStores, openStoreAt } from './killed/stores.ts';
import { eventually } from './loop/eventually.ts';

const isLong = process.env['FAIRLEAD_SOAK'] !== undefined;
const load: Load = isLong
  ? { events: 200_000, kills: 1_000, crashes: 100, pushEvery: 50 }
  : { events: 2_000, kills: 20, crashes: 2, pushEvery: 10 };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

describe.each(Object.keys(killedStores))('a bot on %s that is killed at random under load', (name) => {
  test('loses no event it acknowledged, leaves no work undone and says nothing twice', async () => {
    const random = seeded(seedOfRun());
    const say = (line: string): void => void process.stdout.write(`killed on ${name}: ${line}\n`);
    say(`seed ${random.seed} (FAIRLEAD_SEED repeats its choices)`);
    const store = await (killedStores[name] ?? (() => Promise.reject(new Error(name))))();
    closing.push(store.close);
    const side = await openForgeSide(12);
    closing.push(side.close);
    const started = Date.now();

    const outcome = await runLoad(side, store, load, random, say);
    closing.push(outcome.bot.kill);
    await emptied(outcome.bot);

    const failures = [...outcome.failures, ...outcome.bot.failures];
    expect(await outcome.bot.stop()).toBe(0);
    say(textOf(outcome, Date.now() - started));
    expect(side.wrong()).toEqual([]);
    expect(await unprocessed(store, outcome.acked)).toEqual([]);
    expect(outcome.acked).toHaveLength(load.events);
    expect(outcome.kills + outcome.crashes).toBe(load.kills + load.crashes);
    if (store.crash === null) expect(failures).toEqual([]);
    expect(await store.check()).toBe('ok');
  }, 86_400_000);
});

/** On PostgreSQL a job of a process that died is taken over after twelve seconds: kills that come faster leave much to be understood. */
async function emptied(bot: KilledBot): Promise<void> {
  const isEmpty = async (): Promise<true | undefined> => ((await bot.ask('jobs')) === 0 ? true : undefined);
  await eventually('an empty queue', isEmpty, isLong ? 1_800_000 : 60_000).catch(async (error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : error}: ${await bot.waiting()}`);
  });
}

/** Acknowledged deliveries without a row, or of which nothing was made. */
async function unprocessed(store: KilledStore, acked: readonly string[]): Promise<readonly string[]> {
  const opened = await openStoreAt(store.address);
  try {
    const left: string[] = [];
    for (const id of acked) {
      const kept = await opened.store.deliveries.get('github', id);
      if (kept?.state !== 'processed') left.push(`${id} is ${kept?.state ?? 'lost'}`);
    }
    return left;
  } finally {
    await opened.close();
  }
}

function textOf(outcome: Outcome, milliseconds: number): string {
  const { acked, duplicates, resent, kills, killsInReview, killsAtStart, crashes } = outcome;
  return (
    `${acked.length} events, ${duplicates} duplicates, ${resent} sent again, ${kills} kills, ` +
    `${killsInReview} of all in reviews, ${killsAtStart} more while starting, ${crashes} crashes of the database, ${Math.round(milliseconds / 1000)} s`
  );
}
