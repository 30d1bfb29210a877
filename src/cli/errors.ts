import { FairleadError } from '../model/error.ts';

/** An error as people read it: what failed, why, and what to do next. A fault of our own keeps its stack. */
export function errorText(error: unknown): string {
  if (error instanceof FairleadError) {
    const where = error.subject !== '' && !error.message.includes(error.subject) ? ` (${error.subject})` : '';
    return `fairlead: ${error.message}${where}\n  ${error.remedy}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `fairlead: a fault of Fairlead itself, please report it\n${stack}`;
}
