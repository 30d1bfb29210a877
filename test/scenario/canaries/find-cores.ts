import { coreStart } from './values.ts';

const pattern = new RegExp(`${coreStart}[0-9a-z]{6}`, 'g');

/**
 * The cores that stand in a text, plain or in any spelling, twice encoded too. It decodes what it is given and knows nothing of how
 * values are hidden.
 */
export function findCores(text: string, cores: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>();
  for (const once of [text, ...decodingsOf(text)]) {
    collect(once, cores, found);
    for (const twice of decodingsOf(once)) collect(twice, cores, found);
  }
  return [...found];
}

function collect(text: string, cores: ReadonlySet<string>, found: Set<string>): void {
  for (const [core] of text.matchAll(pattern)) if (cores.has(core)) found.add(core);
}

function decodingsOf(text: string): readonly string[] {
  return [
    text.replaceAll(/(?:%[0-9a-fA-F]{2})+/g, (codes) => Buffer.from(codes.replaceAll('%', ''), 'hex').toString('utf8')),
    text.replaceAll(/\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})/g, (_, four, two) =>
      String.fromCharCode(Number.parseInt(four ?? two, 16)),
    ),
    text.replaceAll(/&#(x?)([0-9a-fA-F]{1,5});/g, (_, hex, code) =>
      String.fromCodePoint(Number.parseInt(code, hex === '' ? 10 : 16)),
    ),
    decodeRuns(text, /[A-Za-z0-9+/_-]{10,}/g, [0, 1, 2, 3], (run) => Buffer.from(run, 'base64')),
    decodeRuns(text, /[0-9a-fA-F]{16,}/g, [0, 1], (run) => Buffer.from(run, 'hex')),
  ];
}

/** All runs of an encoding, decoded from each place where its groups may begin; one a line. */
function decodeRuns(text: string, runs: RegExp, offsets: readonly number[], decode: (run: string) => Buffer): string {
  return [...text.matchAll(runs)]
    .flatMap(([run]) => offsets.map((offset) => decode(run.slice(offset)).toString('latin1')))
    .join('\n');
}
