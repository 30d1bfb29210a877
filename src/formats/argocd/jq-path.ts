/** A step of a path that a jq expression names. */
export type JqStep =
  | { readonly kind: 'key'; readonly name: string }
  /** Every item of a list. */
  | { readonly kind: 'items' }
  /** The item of a list at an index. */
  | { readonly kind: 'at'; readonly index: number }
  /** The items of a list with a field of this value. */
  | { readonly kind: 'where'; readonly field: string; readonly value: string };

const token =
  /\s*(?:\.?\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\."((?:[^"\\]|\\.)*)"|(\.?\[\s*\d*\s*\])|\.([A-Za-z_]\w*)|\|\s*select\(\s*\.([A-Za-z_]\w*)\s*==\s*"((?:[^"\\]|\\.)*)"\s*\)|(\|)\s*(?=\.))\??/y;

/**
 * Reads the jq expressions with which ignored differences are written as a rule: keys, `[]` for the items of a list, `[0]`
 * for one, and `select(.name == "web")` after `[]`, joined by pipes (jq manual, "Basic filters"). null for whatever else jq can do.
 */
export function parseJqPath(expression: string): readonly JqStep[] | null {
  const text = expression.trim();
  const steps: JqStep[] = [];
  token.lastIndex = 0;
  let end = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    end = token.lastIndex;
    const step = stepOf(match, steps.at(-1));
    if (step === null) return null;
    if (step === 'joined') continue;
    if (step.kind === 'where') steps.pop();
    steps.push(step);
  }
  return end === text.length && steps.length > 0 ? steps : null;
}

function stepOf(match: RegExpExecArray, last: JqStep | undefined): JqStep | 'joined' | null {
  const [, bracketed, quoted, items, plain, field, value, pipe] = match;
  const name = plain ?? unquoted(bracketed ?? quoted);
  if (name !== null && name !== undefined) return { kind: 'key', name };
  if (items !== undefined) return itemsOf(/\d+/.exec(items)?.[0]);
  if (pipe !== undefined) return 'joined';
  const wanted = unquoted(value);
  if (field === undefined || wanted === null || last?.kind !== 'items') return null;
  return { kind: 'where', field, value: wanted };
}

function itemsOf(index: string | undefined): JqStep {
  return index === undefined ? { kind: 'items' } : { kind: 'at', index: Number(index) };
}

function unquoted(text: string | undefined): string | null {
  if (text === undefined) return null;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return null; // No text that jq would take.
  }
}
