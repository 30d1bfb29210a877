import { parentPort, workerData } from 'node:worker_threads';
import {
  type DatabaseFault,
  type DatabaseRequest,
  type DatabaseSettings,
  describeFault,
  nothing,
  openConnection,
  type StatementResult,
} from './connection.ts';

/** First one reply to the opening, then one to each request, in the order they were asked. */
export type DatabaseReply = { readonly result: StatementResult } | { readonly fault: DatabaseFault };

serve();

function serve(): void {
  const port = parentPort;
  if (port === null) throw new Error('the database runs in a worker thread only');
  const reply = (work: () => StatementResult): void => {
    let answer: DatabaseReply;
    try {
      answer = { result: work() };
    } catch (error) {
      answer = { fault: describeFault(error) };
    }
    port.postMessage(answer);
  };
  let answer: (request: DatabaseRequest) => StatementResult = () => nothing;
  reply(() => {
    // `Database` starts this script with its settings and nothing else.
    answer = openConnection(workerData as DatabaseSettings);
    return nothing;
  });
  port.on('message', (request: DatabaseRequest) => {
    reply(() => answer(request));
    if (request.kind === 'close') port.close();
  });
}
