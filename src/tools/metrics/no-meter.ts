import type { Meter } from './metrics.ts';

/** Where nobody listens. */
export const noMeter: Meter = {
  count: () => undefined,
  observe: () => undefined,
  set: () => undefined,
  raise: () => undefined,
  clear: () => undefined,
};
