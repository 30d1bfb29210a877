import type { CommandContext } from './context.ts';

/** Where something is shown that changes. */
export interface Screen {
  /** Shows a text in place of the one before; on what is no terminal, after it. */
  readonly show: (text: string) => void;
  /** Leaves the last text on the terminal. */
  readonly end: () => void;
}

/** The terminal of the process, or its output where that is none. */
export function processScreen({ terminal, environment }: CommandContext, isDrawn: boolean): Screen {
  const { stdout } = process;
  if (!isDrawn || !stdout.isTTY || environment['TERM'] === 'dumb') return { show: terminal.out, end: () => {} };
  return drawnScreen({ write: (text) => void stdout.write(text), rows: () => stdout.rows || 24 });
}

/**
 * Draws over what stands there, line by line, and never clears first: nothing flickers. On the terminal's second screen, so that what
 * was there before comes back; lines that are too long are cut by the terminal.
 */
export function drawnScreen({
  write,
  rows,
}: {
  readonly write: (text: string) => void;
  readonly rows: () => number;
}): Screen {
  let last: string | null = null;
  return {
    show: (text) => {
      if (last === null) write('\u001b[?1049h\u001b[?25l\u001b[?7l');
      last = text;
      const lines = text.trimEnd().split('\n').slice(0, Math.max(1, rows()));
      write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`);
    },
    end: () => {
      if (last !== null) write(`\u001b[?7h\u001b[?25h\u001b[?1049l${last}`);
    },
  };
}
