import { type Event, parseEvents, YAMLException } from 'js-yaml';

/** Parser events and the text their offsets point into. It has the same lines as the file. */
export interface Parsed {
  readonly text: string;
  readonly events: readonly Event[];
}

/**
 * Parses a document with the freedom kubectl gives: inside brackets and quotes a line may start in any column, also with
 * tabs. The parser follows YAML 1.2 and refuses such a line, so it is indented for it and the document is read again.
 * Throws `YAMLException`.
 */
export function parseLenient(original: string, maxDepth: number): Parsed {
  let text = original;
  let before = -1;
  for (let work = 0; ; work += text.length) {
    try {
      return { text, events: parseEvents(text, { maxDepth }) };
    } catch (error) {
      const space = refusedSpace(text, error);
      // The same place again means that more space does not help.
      if (space === null || space.start === before || work > maxWork) throw error;
      before = space.start;
      text = text.slice(0, space.start) + space.wider + text.slice(space.end);
    }
  }
}

/** Characters read again at most; a document of 5 KB may have some 1,600 such lines. */
const maxWork = 8 * 1024 * 1024;

/** More columns than the deepest collection we allow stands in. */
const indentation = ' '.repeat(256);

interface Space {
  readonly start: number;
  readonly end: number;
  /** What to write in its place. */
  readonly wider: string;
}

/** The white space the parser refused: wider where it starts a line, with spaces for tabs elsewhere; null for other errors. */
function refusedSpace(text: string, error: unknown): Space | null {
  if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation') return null;
  const end = error.mark?.position ?? 0;
  let start = end;
  while (start > 0 && (text[start - 1] === ' ' || text[start - 1] === '\t')) start -= 1;
  const isLineStart = start === 0 || text[start - 1] === '\n';
  return { start, end, wider: isLineStart ? indentation : ' '.repeat(end - start) };
}
