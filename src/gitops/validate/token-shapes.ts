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

interface Shape {
  readonly kind: string;
  /** Linear: no part can match what its neighbour matches. Not inside a longer word, which base64 is full of. */
  readonly pattern: RegExp;
  /** One of these stands in every match; a text without them is not searched. */
  readonly marks: readonly string[];
  /** What ends it, where the pattern matches only how it begins: many private keys begin alike. */
  readonly end?: string;
}

const shapes: readonly Shape[] = [
  {
    kind: 'an AWS access key id',
    pattern: /(?<![A-Za-z0-9+/=_-])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9+/=_])/g,
    marks: ['AKIA', 'ASIA'],
  },
  {
    kind: 'an AWS secret access key',
    pattern: /aws_secret_access_key["']?[ \t]{0,8}[:=][ \t]{0,8}["']?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/gi,
    marks: ['aws_secret_access_key', 'AWS_SECRET_ACCESS_KEY'],
  },
  shape('a GitHub token', /gh[pousr]_[A-Za-z0-9]{36,251}/, ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_']),
  shape('a GitHub token', /github_pat_[A-Za-z0-9_]{36,251}/, ['github_pat_']),
  shape('a GitLab token', /gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent)-[A-Za-z0-9_-]{20,300}/, ['gl']),
  shape('a Slack token', /xox[abeoprs]-[A-Za-z0-9-]{10,250}/, ['xox']),
  shape(
    'a Slack webhook',
    /hooks\.slack\.com\/services\/T[A-Za-z0-9_]{6,20}\/B[A-Za-z0-9_]{6,20}\/[A-Za-z0-9_]{16,40}/,
    ['hooks.slack.com'],
  ),
  shape('a Google API key', /AIza[A-Za-z0-9_-]{35}/, ['AIza']),
  shape('an npm token', /npm_[A-Za-z0-9]{36}/, ['npm_']),
  shape('a Stripe key', /[rs]k_live_[A-Za-z0-9]{16,250}/, ['k_live_']),
  shape('an age secret key', /AGE-SECRET-KEY-1[A-Z0-9]{58}/, ['AGE-SECRET-KEY-1']),
  shape('a JSON web token', /eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{20,1000}/, ['eyJ']),
  {
    kind: 'a private key',
    pattern: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s){1,20}[A-Za-z0-9+/=:-]{8}/g,
    marks: ['PRIVATE KEY'],
    end: '-----END',
  },
];

function shape(kind: string, core: RegExp, marks: readonly string[]): Shape {
  return { kind, pattern: new RegExp(`(?<![A-Za-z0-9_])${core.source}(?![A-Za-z0-9_])`, 'g'), marks };
}

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
