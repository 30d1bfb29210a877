import { SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { expectsKey, type Frame } from './frame.ts';

/**
 * Why kubectl refuses a scalar that YAML 1.2 allows, or reads another one; null where it does neither. `value` is how it reads here,
 * `top` what it stands in.
 */
export function refusedScalar(text: string, event: ScalarEvent, value: string, top: Frame | undefined): string | null {
  const isKey = expectsKey(top);
  switch (event.style) {
    case SCALAR_STYLE.PLAIN:
      if (top?.isFlow === true && isSignInFlow(value))
        return 'in brackets a text with ?, or that starts with :, must be quoted';
      return isKey ? refusedKey(text, event) : null;
    case SCALAR_STYLE.LITERAL_BLOCK:
    case SCALAR_STYLE.FOLDED_BLOCK:
      return startsWithTab(text, event.valueStart) ? 'a tab stands where the indentation of a block is read' : null;
    default:
      return refusedQuoted(text, event, isKey);
  }
}

/** YAML 1.1 gives these signs a meaning in brackets. */
function isSignInFlow(value: string): boolean {
  return value.includes('?') || value.startsWith(':');
}

function refusedKey(text: string, event: ScalarEvent): string | null {
  if (!event.fast && spansLines(text, event)) return keyOnOneLine;
  const isGlued = text[event.valueEnd] === ':' && isFlowIndicator(text[event.valueEnd + 1]);
  return isGlued ? 'a space must follow the : of an unquoted key' : null;
}

function refusedQuoted(text: string, event: ScalarEvent, isKey: boolean): string | null {
  const next = text[event.valueEnd + 1] ?? ' ';
  // The parser takes it for something else.
  if (!/[\s:,#]/.test(next) && !isFlowIndicator(next)) return 'a space or an end must follow a quoted text';
  if (event.fast) return null;
  if (isKey && spansLines(text, event)) return keyOnOneLine;
  return hasJsonEscape(text, event) ? '\\/ and surrogate escapes are JSON, not YAML' : null;
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
