import { SCALAR_STYLE, type ScalarEvent } from 'js-yaml';

/** Why kubectl refuses a quoted or block scalar that YAML 1.2 allows, or null. */
export function refusedScalar(text: string, event: ScalarEvent, isKey: boolean): string | null {
  switch (event.style) {
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return startsWithTab(text, event.valueStart) ? 'a tab stands where the indentation of a block is read' : null;
    default:
      if (isKey && spansLines(text, event)) return keyOnOneLine;
      return hasJsonEscape(text, event) ? '\\/ and surrogate escapes are JSON, not YAML' : null;
  }
}

/** Why kubectl refuses an unquoted key, or reads another one than YAML 1.2 says. */
export function refusedKey(text: string, event: ScalarEvent): string | null {
  if (!event.fast && spansLines(text, event)) return keyOnOneLine;
  const isGlued = text[event.valueEnd] === ':' && isFlowIndicator(text[event.valueEnd + 1]);
  return isGlued ? 'a space must follow the : of an unquoted key' : null;
}

const keyOnOneLine = 'a key must stand on one line (is a comma missing before it?)';

function spansLines(text: string, event: ScalarEvent): boolean {
  return event.valueStart >= 0 && text.slice(event.valueStart, event.valueEnd).includes('\n');
}

/** Whether a character is a bracket or comma of the flow style. */
export function isFlowIndicator(char: string | undefined): boolean {
  return char !== undefined && ',[]{}'.includes(char);
}

function hasJsonEscape(text: string, event: ScalarEvent): boolean {
  if (event.style !== SCALAR_STYLE.DOUBLE_QUOTED) return false;
  return /(?<!\\)(?:\\\\)*\\(?:\/|u[dD][89a-fA-F])/.test(text.slice(event.valueStart, event.valueEnd));
}

/** A block without an indentation number takes its indentation from its first line, in which a tab may not stand. */
function startsWithTab(text: string, contentStart: number): boolean {
  leadingTab.lastIndex = contentStart;
  if (!leadingTab.test(text)) return false;
  const header = text.slice(text.lastIndexOf('\n', contentStart - 2) + 1, contentStart);
  return !/[|>][+-]?[1-9]/.test(header);
}

const leadingTab = /(?: *\n)* *\t/y;
