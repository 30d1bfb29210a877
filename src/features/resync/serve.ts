import { lookJob } from '../../model/queued.ts';
import type { Queue } from '../../world/store/queue.ts';
import { lookAtForge } from './look.ts';
import { resync } from './resync.ts';
import type { ResyncTools } from './tools.ts';

/** Does the jobs that look for what no event told of. */
export function workResync(queue: Queue, tools: ResyncTools): void {
  queue.work('look', ({ payload }, signal) => lookAtForge(payload, tools, signal));
  queue.work('resync', ({ payload }, signal) => resync(payload, tools, signal));
}

/** Has each forge looked at, now and again and again. */
export async function beginLooks(
  queue: Queue,
  forges: readonly { readonly forge: { readonly name: string } }[],
): Promise<void> {
  for (const { forge } of forges) {
    const { job, ...options } = lookJob(forge.name);
    await queue.add(null, job, options);
  }
}
