import { createPool, type Pool, workerScript } from '../../tools/pool.ts';
import { mayHoldCommand } from './may-hold-command.ts';
import type { ParsedCommand } from './parsed-command.ts';

/** Reads comments in a worker that is killed when one takes too long: their text comes from anybody. */
export interface CommandParser {
  /** The commands in a comment. Throws `FairleadError` `worker-timeout`, `worker-memory`, `worker-died`, `pool-closed`. */
  parse(body: string, signal: AbortSignal): Promise<readonly ParsedCommand[]>;
  close(): Promise<void>;
}

/**
 * Makes a parser that gives one comment so many milliseconds. No thread is started before a comment holds a line that looks like a
 * command.
 */
export function createCommandParser(deadlineMs = 2_000): CommandParser {
  const pool: Pool<string, readonly ParsedCommand[]> = createPool({
    script: workerScript(import.meta.url, './parse-worker'),
    size: 1,
    workerData: null,
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  return {
    parse: async (body, signal) => (mayHoldCommand(body) ? pool.run(body, { deadlineMs, signal }) : []),
    close: () => pool.close(),
  };
}
