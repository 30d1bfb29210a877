import { FairleadError } from '../model/error.ts';

/** The number of a port; 0 takes a free one. Throws `FairleadError` `usage`. */
export function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new FairleadError({
    code: 'usage',
    subject: text,
    message: `${text} is no port`,
    remedy: 'Give a number from 0 to 65535.',
  });
}
