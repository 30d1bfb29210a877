import { describe, expect, test } from '@jest/globals';
import { Recent } from '../../../src/world/sources/recent.ts';
import { never } from './support.ts';

function opened(most = 10) {
  const clock = { ms: 0 };
  const recent = new Recent<string>({
    now: () => new Date(clock.ms),
    freshMs: 100,
    most,
    weigh: (value) => value.length,
  });
  const made: string[] = [];
  const get = (key: string, value = key) =>
    recent.get(key, never, async () => {
      made.push(key);
      return value;
    });
  return { clock, recent, made, get };
}

describe('what was had a moment ago', () => {
  test('is given again while it is fresh, and had anew afterwards', async () => {
    const { clock, made, get } = opened();

    await get('a');
    await get('a');
    clock.ms = 101;
    await get('a');

    expect(made).toEqual(['a', 'a']);
  });

  test('goes, the oldest first, when all of it weighs too much', async () => {
    const { made, get } = opened(10);

    for (const key of ['a', 'b', 'c']) await get(key, 'xxxx');
    for (const key of ['b', 'c', 'a']) await get(key, 'xxxx');

    expect(made).toEqual(['a', 'b', 'c', 'a']);
  });

  test('is no fault: that is tried again', async () => {
    const { recent, get } = opened();

    await expect(recent.get('a', never, async () => Promise.reject(new Error('down')))).rejects.toThrow('down');

    await expect(get('a')).resolves.toBe('a');
  });

  test('ends with the end of all', async () => {
    const { recent } = opened();
    const work = recent.get(
      'a',
      never,
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );

    recent.close();

    await expect(work).rejects.toThrow('sources were closed');
    await expect(recent.get('b', never, async () => 'b')).rejects.toThrow('sources were closed');
  });
});
