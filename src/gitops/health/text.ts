/** Longest message and log line kept, in characters. */
const longest = { message: 600, line: 400 };

/** Foreign text on one line: masked, without terminal codes, cut. */
export function clean(text: string, redact: (text: string) => string): string {
  return cut(plain(redact(text)).replaceAll(/\s+/g, ' ').trim(), longest.message);
}

/** Foreign lines without empty ones at the end: masked as a whole, then without terminal codes, each cut. */
export function cleanLines(text: string, redact: (text: string) => string): readonly string[] {
  const lines = plain(redact(text)).split('\n');
  return lines.map((line) => cut(line.trimEnd(), longest.line)).filter((line) => line !== '');
}

/** Colours and cursor moves of programs that think they write to a terminal, and other control characters but line ends and tabs. */
function plain(text: string): string {
  return text
    .replaceAll(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g, '')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '');
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // A cut between the halves of a character would leave a broken one.
  return `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
