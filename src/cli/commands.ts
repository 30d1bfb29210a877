import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { addDemo } from './demo/command.ts';
import { addDiff } from './diff.ts';
import { addDiscover } from './discover.ts';
import { addRender } from './render.ts';
import { addReview } from './review.ts';
import { addServe } from './serve.ts';
import { addValidate } from './validate.ts';
import { addVersion } from './version.ts';

/** Every command, in the order the help shows them. */
export const commands: readonly ((program: Command, context: CommandContext) => void)[] = [
  addReview,
  addDiff,
  addRender,
  addValidate,
  addDiscover,
  addDemo,
  addServe,
  addVersion,
];
