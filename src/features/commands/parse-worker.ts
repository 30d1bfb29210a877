import { serveTasks } from '../../tools/pool-worker.ts';
import { parseCommands } from './parse.ts';
import type { ParsedCommand } from './parsed-command.ts';

serveTasks<string, readonly ParsedCommand[]>(async () => parseCommands);
