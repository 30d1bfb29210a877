import { AsyncLocalStorage } from 'node:async_hooks';
import { type Logger, pino } from 'pino';
import { hideInLine } from './hide.ts';
import { prettyLine } from './pretty.ts';

/** What every line says that is written while some work is under way. */
export type LogFields = Readonly<Record<string, string | number>>;

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
export interface Log {
  readonly logger: Logger;
  /** Does work; what is logged meanwhile, however deep, carries the fields beside those around it. */
  within<T>(fields: LogFields, work: () => T): T;
  /** The fields of the work under way. */
  fields(): LogFields;
}

/** Opens the log of one server. */
export function createLog({ level, format, redact, write = standardOutput() }: LogOptions): Log {
  const around = new AsyncLocalStorage<LogFields>();
  const show = format === 'pretty' ? prettyLine : (line: string) => line;
  const stream = { write: (line: string) => write(show(hideInLine(line, redact))) };
  const logger = pino({ level, mixin: () => ({ ...around.getStore() }) }, stream);
  return {
    logger,
    within: (fields, work) => around.run({ ...around.getStore(), ...fields }, work),
    fields: () => around.getStore() ?? {},
  };
}

/** Synchronous: nothing that was logged is lost when the process ends, however it ends. */
function standardOutput(): (line: string) => void {
  const destination = pino.destination({ dest: 1, sync: true });
  return (line) => void destination.write(line);
}
