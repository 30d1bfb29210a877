import type { Queue } from '../../world/store/queue.ts';
import { writeBoard } from './board.ts';
import { compareTarget, sweep } from './drift.ts';
import { putRight } from './put-right.ts';
import type { DriftTools } from './tools.ts';

/** Does the jobs of drift. */
export function workDrift(queue: Queue, tools: DriftTools): void {
  queue.work('sweep', ({ payload }, signal) => sweep(payload, tools, signal));
  queue.work('drift', ({ payload }, signal) => compareTarget(payload, tools, signal));
  queue.work('board', ({ payload }, signal) => writeBoard(payload, tools, signal));
  queue.work('heal', ({ payload }, signal) => putRight(payload, tools, signal));
}
