/**
 * A comment of ours with another first line below its marker; all else stays. null where that line matches `unless`, or stands there
 * already.
 */
export function retitled(body: string, line: string, unless: RegExp | null): string | null {
  const [marker = '', title = '', ...rest] = body.replaceAll('\r\n', '\n').split('\n');
  if (title === line || unless?.test(title) === true) return null;
  return [marker, line, ...rest].join('\n');
}
