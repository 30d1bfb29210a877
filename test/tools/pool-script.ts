import { workerData } from 'node:worker_threads';
import { FairleadError } from '../../src/model/error.ts';
import { Moved, serveTasks } from '../../src/tools/pool-worker.ts';

/** What the test pool's workers can be asked to do. */
export type Order =
  | { readonly kind: 'echo'; readonly value: unknown }
  | { readonly kind: 'data' | 'spin' | 'exit' | 'fail' | 'fault' | 'eat' | 'move' }
  | { readonly kind: 'meet'; readonly shared: SharedArrayBuffer };

serveTasks<Order, unknown>(async () => (order) => {
  switch (order.kind) {
    case 'echo':
      return order.value;
    case 'data':
      return workerData;
    case 'spin':
      for (;;);
    case 'exit':
      return process.exit(3);
    case 'fail':
      throw new TypeError('plain failure');
    case 'fault':
      throw new FairleadError({ code: 'some-code', message: 'A sentence.', subject: 'a.yaml:3', remedy: 'Do this.' });
    case 'eat':
      return eat();
    case 'move': {
      const bytes = new Uint8Array([1, 2, 3]);
      return new Moved(bytes, [bytes.buffer]);
    }
    case 'meet':
      return meet(new Int32Array(order.shared));
    default:
      return order satisfies never;
  }
});

function eat(): number {
  const eaten: unknown[] = [];
  for (;;) eaten.push(Array.from({ length: 10_000 }, (_, index) => ({ index })));
}

/** Waits until a second worker is here at the same time. */
function meet(counter: Int32Array): boolean {
  if (Atomics.add(counter, 0, 1) === 0) return Atomics.wait(counter, 0, 1, 30_000) !== 'timed-out';
  Atomics.notify(counter, 0);
  return true;
}
