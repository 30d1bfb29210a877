import { type TokenFormat, tokenFormats } from '../../formats/redaction/token-formats.ts';

/** Where a token stands and what it is. */
export interface TokenPlace {
  /** With its article, such as `an AWS access key id`. */
  readonly kind: string;
  /** 1-based. */
  readonly line: number;
  /** The token itself, to tell it from others; it never leaves the search. */
  readonly value: string;
}

/** Every token of a known shape in a text, in its order. */
export function tokensIn(text: string): readonly TokenPlace[] {
  const found = shapes.flatMap(({ kind, pattern, marks, end }) => {
    if (!marks.some((mark) => text.includes(mark))) return [];
    return [...text.matchAll(pattern)]
      .filter(([token]) => !isExample(token))
      .map(({ index, 0: token }) => ({ kind, index, value: end === undefined ? token : wholeOf(text, index, end) }));
  });
  return withLines(
    text,
    found.toSorted((one, other) => one.index - other.index),
  );
}

interface Shape extends TokenFormat {
  /** What ends it, where the pattern matches only how it begins: many private keys begin alike. */
  readonly end?: string;
}

const shapes: readonly Shape[] = [
  ...tokenFormats,
  {
    kind: 'a private key',
    pattern: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s){1,20}[A-Za-z0-9+/=:-]{8}/g,
    marks: ['PRIVATE KEY'],
    end: '-----END',
  },
];

/** Characters of a token that are compared at most; keeps the search linear. */
const maxToken = 8 * 1024;

function wholeOf(text: string, index: number, end: string): string {
  const rest = text.slice(index, index + maxToken);
  const length = rest.indexOf(end);
  return length === -1 ? rest : rest.slice(0, length);
}

/** Vendors' documentation spells its tokens so, and templates theirs. */
function isExample(token: string): boolean {
  return /EXAMPLE|(?:x{8}|X{8}|0{12})/.test(token);
}

function withLines(
  text: string,
  found: readonly (Omit<TokenPlace, 'line'> & { readonly index: number })[],
): readonly TokenPlace[] {
  const places: TokenPlace[] = [];
  let line = 1;
  let at = 0;
  for (const { kind, index, value } of found) {
    for (let next = text.indexOf('\n', at); next !== -1 && next < index; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    places.push({ kind, line, value });
  }
  return places;
}
