import { styleText } from 'node:util';
import type { Paint } from '../gitops/report/terminal.ts';

/** The two streams of a command and what the terminal can do. Data goes to `out`, everything else to `err`. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (line: string) => void;
  /** Shows one line that the next one replaces; only on a terminal, outside CI. */
  readonly progress: (line: string) => void;
  readonly paint: Paint;
}

/** The same terminal, every text through the gate. */
export function maskTerminal(terminal: Terminal, redact: (text: string) => string): Terminal {
  return {
    ...terminal,
    out: (text) => terminal.out(redact(text)),
    err: (line) => terminal.err(redact(line)),
    progress: (line) => terminal.progress(redact(line)),
  };
}

/** The process's own streams. Colour follows NO_COLOR, FORCE_COLOR and whether stdout is a terminal. */
export function processTerminal(environment: Readonly<Record<string, string | undefined>>): Terminal {
  const live = process.stderr.isTTY === true && environment['CI'] === undefined && environment['TERM'] !== 'dumb';
  // `fairlead … | head` ends quietly: whoever read has seen enough.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  let shown = false;
  const clear = (): void => {
    if (shown) process.stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    out: (text) => {
      clear();
      process.stdout.write(text);
    },
    err: (line) => {
      clear();
      process.stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (!live) return;
      clear();
      process.stderr.write(line.slice(0, (process.stderr.columns ?? 80) - 1));
      shown = true;
    },
    paint: (colour, text) => styleText(colour, text, { stream: process.stdout }),
  };
}
