import { allow, okToTest } from './allow.ts';
import { approve } from './approve.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { deploy } from './deploy.ts';
import { adopt, heal } from './drift.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { hold, unhold } from './hold.ts';
import { pause, resume } from './pause.ts';
import { retry } from './retry.ts';
import { revert } from './revert.ts';
import { rollback } from './rollback.ts';
import { status } from './status.ts';

/** Every command, in the order help lists them. */
export const commands: readonly Command[] = [
  help,
  status,
  explain,
  check,
  allow,
  okToTest,
  hold,
  unhold,
  approve,
  deploy,
  retry,
  rollback,
  revert,
  heal,
  adopt,
  pause,
  resume,
];
