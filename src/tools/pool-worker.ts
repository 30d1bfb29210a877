import { type MessagePort, parentPort, type Transferable } from 'node:worker_threads';
import { type ErrorFacts, FairleadError, factsOf } from '../model/error.ts';
import { giveWay } from './priority.ts';

/** What a pool sends to a worker. */
export interface WorkerRequest {
  readonly task: unknown;
}

/** What a worker answers: once that it is ready, then one reply to each request. */
export type WorkerReply =
  | { readonly ready: true }
  | { readonly result: unknown }
  | { readonly error: ErrorFacts | { readonly name: string; readonly message: string } };

/** A result whose buffers are moved to the pool's thread instead of copied. */
export class Moved<R> {
  readonly result: R;
  readonly transfer: readonly Transferable[];

  constructor(result: R, transfer: readonly Transferable[]) {
    this.result = result;
    this.transfer = transfer;
  }
}

/**
 * The whole of a worker script's protocol: `open` prepares once (its time does not count against a task's deadline) and
 * gives the function that answers tasks. A `FairleadError` it throws arrives at the pool's caller as one. What goes wrong in `open`
 * ends the thread.
 */
export function serveTasks<T, R>(open: () => Promise<(task: T) => R | Moved<R> | Promise<R | Moved<R>>>): void {
  const port = parentPort;
  if (port === null) throw new Error('serveTasks runs in worker threads only');
  giveWay();
  void listen(port, open);
}

async function listen<T, R>(port: MessagePort, open: Parameters<typeof serveTasks<T, R>>[0]): Promise<void> {
  const answer = await open();
  port.on('message', async (request: WorkerRequest) => {
    try {
      // The pool sends T by the contract between a pool and its script.
      const result = await answer(request.task as T);
      const moved = result instanceof Moved ? result : new Moved(result, []);
      post(port, { result: moved.result }, moved.transfer);
    } catch (fault) {
      post(port, { error: tellable(fault) }, []);
    }
  });
  post(port, { ready: true }, []);
}

function post(port: MessagePort, reply: WorkerReply, transfer: readonly Transferable[]): void {
  port.postMessage(reply, [...transfer]);
}

function tellable(fault: unknown): Extract<WorkerReply, { error: unknown }>['error'] {
  if (fault instanceof FairleadError) return factsOf(fault);
  return fault instanceof Error
    ? { name: fault.name, message: fault.message }
    : { name: 'Error', message: String(fault) };
}
