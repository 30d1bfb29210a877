import type { Queue } from '../../world/store/queue.ts';
import { answerComment } from './answer-comment.ts';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import type { CommandTools } from './tools.ts';

/** Does the jobs that comments with commands become. */
export function workCommands(queue: Queue, tools: CommandTools, known: readonly Command[] = commands): void {
  queue.work('command', ({ payload }, signal) => answerComment(payload, known, tools, signal));
}
