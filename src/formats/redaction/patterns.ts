import { HIDDEN } from '../../model/redacted.ts';
import { tokenFormats } from './token-formats.ts';

/**
 * What is a credential by what stands around it, and tokens that are cut off or shaped a little otherwise than today's. Every pattern
 * is linear: no part can match what its neighbour matches.
 */
const patterns: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // PEM private keys, also with escaped line ends; one that is cut off ends where no key text follows
  [
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:[\sA-Za-z0-9+/=\\:,]|-(?!----))*(?:-----END [A-Z0-9 ]{0,40}-----)?/g,
    HIDDEN,
  ],
  [/\b(Bearer|Basic|token)( +)[A-Za-z0-9._~+/=-]{16,}/gi, `$1$2${HIDDEN}`],
  // user:password@ in a URL
  [/\b([a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@"']{0,200}):[^\s/@"']{1,500}@/gi, `$1:${HIDDEN}@`],
  // user@ with a token for a name, and token:@
  [/\b([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/:@"']{20,500}:?@/gi, `$1${HIDDEN}@`],
  // the token of a kubeconfig user, or a key in its data
  [/((?:client-key-data|id-token|refresh-token)[\\"']{0,3}: {0,8}[\\"']{0,3})[A-Za-z0-9+/=._-]{16,}/g, `$1${HIDDEN}`],
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
  const formats = tokenFormats.filter(({ marks }) => marks.some((mark) => text.includes(mark)));
  const shaped = formats.reduce((masked, { pattern }) => masked.replace(pattern, `$1${HIDDEN}`), text);
  return patterns.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), shaped);
}
