import type { Terminal } from '../terminal.ts';

/** Tells the tour, with the milliseconds each step took. */
export interface Teller {
  /** Something the world did: who or what in bold, then the rest. */
  says(who: string, rest: string): void;
  /** A step that is done. */
  did(what: string): void;
  /** Waits until there is a text, keeps it as a file, and shows what of it is read first. */
  shows(file: string, look: () => string | undefined): Promise<string>;
  /** Names of the files that were written. */
  readonly written: readonly string[];
}

/** Longest wait for one text, in milliseconds. */
const patience = 60_000;

/** A teller on a terminal; `write` keeps a file. */
export function createTeller(
  { out, paint }: Pick<Terminal, 'out' | 'paint'>,
  write: (name: string, text: string) => Promise<void>,
): Teller {
  const time = stopwatch();
  const written: string[] = [];
  return {
    written,
    says: (who, rest) => out(`${paint('bold', who)} ${rest}\n`.replace(' ;', ';')),
    did: (what) => out(`✔ ${what}${time()}\n`),
    shows: async (file, look) => {
      const body = await waitFor(file, look);
      await write(file, body);
      written.push(file);
      out(`${excerpt(body)}\n${paint('dim', `told${time()}`)}\n\n`);
      return body;
    },
  };
}

/** Looks until there is something. */
export async function waitFor<T>(what: string, look: () => T | undefined): Promise<T> {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolveLater) => setTimeout(resolveLater, 20));
  }
  throw new Error(`${what} did not come within ${patience / 1000} s`);
}

/** Lines of a comment that are shown; the rest is in the file. */
const mostLines = 14;

/** The part of a comment that is read first: headline, findings, table. */
function excerpt(body: string): string {
  const [top = ''] = body.split('<details');
  const lines = top.split('\n').filter((line) => !line.startsWith('<!--') && line.trim() !== '');
  return lines
    .slice(0, mostLines)
    .map((line) => `  ${line.length > 200 ? `${line.slice(0, 199)}…` : line}`)
    .join('\n');
}

/** Tells the milliseconds since it was asked last. */
function stopwatch(): () => string {
  let last = performance.now();
  return () => {
    const [before, now] = [last, performance.now()];
    last = now;
    return `  (${Math.round(now - before)} ms)`;
  };
}
