/**
 * Hides secrets in one JSON line. Each text is looked at as it was before it was written as JSON, so that a value quoted inside a
 * quoted JSON text is found too; then the line as a whole. It stays one JSON object.
 */
export function hideInLine(line: string, redact: (text: string) => string): string {
  const record = parse(line);
  if (record === undefined) return oneLine(redact(line));
  const hidden = JSON.stringify(hideIn(record, redact));
  const whole = redact(hidden);
  // What only shows across texts is hidden without regard to quotes; the line is then quoted anew if need be.
  return `${parse(whole) === undefined ? JSON.stringify({ msg: whole }) : whole}\n`;
}

function hideIn(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => hideIn(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [redact(name), hideIn(item, redact)]));
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // not ours: treated as plain text
  }
}

function oneLine(text: string): string {
  return `${text.replaceAll(/\r?\n/g, ' ').trimEnd()}\n`;
}
