import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createShortMemory } from '../../src/tools/short-memory.ts';

describe('a short memory', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('keeps what is asked for again and again, and forgets all in a pause', () => {
    const memory = createShortMemory<number>({ maxSize: 10, keptMs: 1_000 });
    memory.set('a', 1, 1);
    for (let round = 0; round < 5; round += 1) {
      jest.advanceTimersByTime(900);
      expect(memory.get('a')).toBe(1);
    }

    jest.advanceTimersByTime(1_100);

    expect(memory.get('a')).toBeUndefined();
  });

  test('makes room for what is new, and takes nothing larger than itself', () => {
    const memory = createShortMemory<number>({ maxSize: 10, keptMs: 1_000 });
    memory.set('a', 1, 6);
    memory.set('b', 2, 6);
    memory.set('c', 3, 11);

    expect(['a', 'b', 'c'].map((key) => memory.get(key))).toEqual([undefined, undefined, undefined]);

    memory.set('d', 4, 10);
    expect(memory.get('d')).toBe(4);
  });
});
