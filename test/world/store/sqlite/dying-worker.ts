import { parentPort } from 'node:worker_threads';

/** Opens well and dies of the second question, both unanswered. */
parentPort?.postMessage({ result: { rows: [], changes: 0 } });
let questions = 0;
parentPort?.on('message', () => {
  questions += 1;
  if (questions === 2) process.exit(3);
});
