import { expect, test } from '@jest/globals';
import { createPacer } from '../../../../src/world/forge/github/pacer.ts';

/** A clock that jumps to where somebody sleeps. */
function jumpingClock() {
  const clock = {
    time: 0,
    now: () => clock.time,
    sleep: async (ms: number) => {
      clock.time += ms;
    },
  };
  return clock;
}

test('spaces the work of one key by the pause', async () => {
  const clock = jumpingClock();
  const turn = createPacer(250, clock).key('a');
  const starts: number[] = [];

  for (let at = 0; at < 3; at += 1) await turn.schedule({}, () => starts.push(clock.now()));

  expect(starts).toEqual([0, 250, 500]);
});

test('does not make one key wait for another', async () => {
  const clock = jumpingClock();
  const pacer = createPacer(250, clock);

  await pacer.key('a').schedule({}, () => undefined);
  await pacer.key('b').schedule({}, () => undefined);

  expect(clock.now()).toBe(0);
});

test('does not wait after a rest that was long enough', async () => {
  const clock = jumpingClock();
  const turn = createPacer(250, clock).key('a');
  await turn.schedule({}, () => undefined);
  clock.time = 1000;

  await turn.schedule({}, () => undefined);

  expect(clock.now()).toBe(1000);
});

test('hands on what the work answers and throws', async () => {
  const turn = createPacer(0, jumpingClock()).key('a');

  expect(await turn.schedule({}, () => 5)).toBe(5);
  await expect(turn.schedule({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});
