import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line says that is written while some work is under way. */
export type LogFields = Readonly<Record<string, string | number>>;

/** What is being worked on, however deep within the work it is asked. */
export interface Around {
  /** Does work; what is logged meanwhile, however deep, carries the fields beside those around it. */
  within<T>(fields: LogFields, work: () => T): T;
  /** The fields of the work under way. */
  fields(): LogFields;
}

/** Keeps what is being worked on. */
export function createAround(): Around {
  const around = new AsyncLocalStorage<LogFields>();
  const fields = (): LogFields => around.getStore() ?? {};
  return { within: (more, work) => around.run({ ...fields(), ...more }, work), fields };
}
