import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { keepOutbox, startOutboxKeeper } from '../../src/server/outbox-keeper.ts';
import type { Forge } from '../../src/world/forge/forge.ts';
import { createRecorder } from '../../src/world/forge/writes/recorder.ts';
import { createClock } from '../contract/store-fixtures.ts';
import { openOutbox } from '../world/forge/writes/stage.ts';

const { signal } = new AbortController();
const day = 24 * 60 * 60_000;

async function open() {
  const clock = createClock();
  const outbox = await openOutbox(clock.now);
  const forge = (): Forge => {
    throw new Error('no forge is asked here');
  };
  const common = { outbox, recorder: createRecorder(outbox, []), forge, now: clock.now };
  return {
    clock,
    outbox,
    keeping: { ...common, others: true, redact: (text: string) => text, logger: pino({ level: 'silent' }) },
  };
}

test('what was done is forgotten after a week, however much it is; what is open is not', async () => {
  const { clock, outbox, keeping } = await open();
  for (let at = 0; at < 450; at += 1) {
    await outbox.begin({ key: `old-${at}`, operation: 'comment', subject: 's' });
    await outbox.finish(`old-${at}`, at);
  }
  await outbox.begin({ key: 'open', operation: 'comment', subject: 's' });
  clock.advance(6 * day);
  await outbox.begin({ key: 'young', operation: 'comment', subject: 's' });
  await outbox.finish('young', 1);
  await keepOutbox(clock.now(), keeping, signal);
  expect(await outbox.outcome('old-0')).toBe(0);

  clock.advance(day + 1);
  await keepOutbox(clock.now(), keeping, signal);

  const old = await Promise.all(Array.from({ length: 450 }, (_, at) => outbox.outcome(`old-${at}`)));
  expect(old.filter((outcome) => outcome !== null)).toEqual([]);
  expect(await outbox.outcome('young')).toBe(1);
  expect((await outbox.open()).map(({ key }) => key)).toEqual(['open']);
});

test.each([true, false])(
  'at the start, what was just begun is somebody else’s where others write to the store: %s',
  async (others) => {
    const { outbox, keeping, clock } = await open();
    const [old, young] = ['write:github:1:comment:pull:1:x', 'write:github:1:comment:pull:2:x'];
    const payload = { method: 'written by another version' };
    await outbox.renew({ key: old, operation: 'comment', subject: 's', payload });
    clock.advance(10 * 60_000);
    await outbox.renew({ key: young, operation: 'comment', subject: 's', payload });
    clock.advance(1_000);

    const keeper = startOutboxKeeper({ ...keeping, others });
    const isOpen = async (key: string) => (await outbox.open()).some((entry) => entry.key === key);
    const end = Date.now() + 20_000;
    while ((await isOpen(old)) || (!others && (await isOpen(young))))
      if (Date.now() > end) throw new Error('still open');
    await keeper.close();

    expect(await isOpen(young)).toBe(others);
  },
);
