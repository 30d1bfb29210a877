import { type Logger, pino } from 'pino';
import { type Around, createAround } from './around.ts';
import { hideInLine } from './hide.ts';
import { prettyLine } from './pretty.ts';

/** How lines are written: one JSON object each, or for eyes. */
export const logFormats = ['json', 'pretty'] as const;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What a log is made of. */
export interface LogOptions {
  readonly level: (typeof logLevels)[number];
  readonly format: (typeof logFormats)[number];
  /** Every line passes through it, whatever a part or a library of ours put in. */
  readonly redact: (text: string) => string;
  /** Takes whole lines; left out: standard output, written before the call returns. */
  readonly write?: (line: string) => void;
}

/** A log that knows what is being worked on. */
export interface Log extends Around {
  readonly logger: Logger;
}

/** Opens the log of one server. */
export function createLog({ level, format, redact, write = standardOutput() }: LogOptions): Log {
  const around = createAround();
  const show = format === 'pretty' ? prettyLine : (line: string) => line;
  const stream = { write: (line: string) => write(show(hideInLine(line, redact))) };
  const logger = pino({ level, mixin: () => ({ ...around.fields() }) }, stream);
  return { logger, ...around };
}

/** Synchronous: nothing that was logged is lost when the process ends, however it ends. */
function standardOutput(): (line: string) => void {
  const destination = pino.destination({ dest: 1, sync: true });
  return (line) => void destination.write(line);
}
