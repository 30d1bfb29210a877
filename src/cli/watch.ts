import { setTimeout as delay } from 'node:timers/promises';
import type { Screen } from './screen.ts';

/** Shows what is read whenever it changed, until the signal ends it; `pause` is in milliseconds. */
export async function watch(
  read: () => Promise<string>,
  screen: Screen,
  signal: AbortSignal,
  pause = 1_000,
): Promise<void> {
  let shown: string | null = null;
  try {
    while (!signal.aborted) {
      const text = await read();
      if (text !== shown) screen.show(text);
      shown = text;
      await delay(pause, undefined, { signal }).catch(() => undefined); // interrupted: the loop ends
    }
  } finally {
    screen.end();
  }
}
