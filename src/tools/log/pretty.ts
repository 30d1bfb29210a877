const names: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** Said by every line of a process, so of no help to eyes. */
const left = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name']);

/** A JSON line for eyes: `12:34:56.789 WARN  what happened field=value`. Foreign text cannot make a line of its own. */
export function prettyLine(line: string): string {
  const record = JSON.parse(line) as Readonly<Record<string, unknown>>; // written by the logger
  const { time, level, msg } = record;
  const at = typeof time === 'number' ? new Date(time).toISOString().slice(11, 23) : '--:--:--.---';
  const fields = Object.entries(record).filter(([name]) => !left.has(name));
  const shown = fields.map(([name, value]) => `${plain(name)}=${textOf(value)}`);
  return `${[at, (names[Number(level)] ?? '').padEnd(5), plain(String(msg ?? '')), ...shown].join(' ')}\n`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string' && /^[\w./:#@+-]+$/.test(value)) return value;
  return plain(JSON.stringify(value));
}

/** Control characters could move the cursor, or begin a line that looks like ours. */
function plain(text: string): string {
  return text.replaceAll(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
