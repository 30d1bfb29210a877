import type { Command } from 'commander';
import { addAudit } from './audit.ts';
import { addConfig } from './config.ts';
import type { CommandContext } from './context.ts';
import { addDemo } from './demo/command.ts';
import { addDeploy, addRollback } from './deploy.ts';
import { addDiff } from './diff.ts';
import { addDiscover } from './discover.ts';
import { addDoctor } from './doctor.ts';
import { addDrift } from './drift.ts';
import { addRender } from './render.ts';
import { addReview } from './review.ts';
import { addServe } from './serve.ts';
import { addSetup } from './setup/command.ts';
import { addStatus } from './status.ts';
import { addTrace } from './trace.ts';
import { addValidate } from './validate.ts';
import { addVersion } from './version.ts';
import { addWhy } from './why.ts';

/** Every command, in the order the help shows them. */
export const commands: readonly ((program: Command, context: CommandContext) => void)[] = [
  addReview,
  addDiff,
  addRender,
  addValidate,
  addDiscover,
  addWhy,
  (program, context) => addConfig(program, context, context.engineNames),
  addDemo,
  addSetup,
  addServe,
  addDoctor,
  addStatus,
  addDrift,
  addDeploy,
  addRollback,
  addTrace,
  addAudit,
  addVersion,
];
