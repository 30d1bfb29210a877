import { HIDDEN } from '../../model/redacted.ts';

/** What is a credential by its looks alone. Every pattern is linear: no part can match what its neighbour matches. */
const patterns: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // PEM private keys, also with escaped line ends; one that is cut off ends where no key text follows
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:[\sA-Za-z0-9+/=\\:,]|-(?!----))*(?:-----END [A-Z0-9 ]{0,40}-----)?/g,
    HIDDEN,
  ],
  [/\b(Bearer|Basic|token)( +)[A-Za-z0-9._~+/=-]{16,}/gi, `$1$2${HIDDEN}`],
  // user:password@ in a URL
  [/\b([a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@"']{0,200}):[^\s/@"']{1,500}@/gi, `$1:${HIDDEN}@`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, HIDDEN],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}/g, HIDDEN],
  [/\bgithub_pat_[A-Za-z0-9_]{20,}/g, HIDDEN],
  [/\bgl[a-z]{2,6}-[A-Za-z0-9_-]{20,}/g, HIDDEN],
  [/\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g, HIDDEN],
  [/\bAIza[A-Za-z0-9_-]{35}/g, HIDDEN],
  // JSON web tokens, service account tokens among them
  [/(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, HIDDEN],
];

/** The text with everything that looks like a private key, token or password in a URL replaced by `(hidden)`. */
export function maskPatterns(text: string): string {
  return patterns.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
