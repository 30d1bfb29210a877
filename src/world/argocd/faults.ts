import { parseJson } from '../../formats/json.ts';
import { type BorderCode, BorderError, FairleadError } from '../../model/error.ts';
import { pickText } from '../../model/json.ts';
import type { Exchange, Question } from './question.ts';

/** Code `argocd-url`: an address nobody may send a token to. */
export function unsafeUrl(url: string): FairleadError {
  const shown = URL.parse(url)?.host ?? url.slice(0, 100);
  return new FairleadError({
    code: 'argocd-url',
    subject: shown,
    message: `The address of Argo CD (${shown}) is no https://HOST[:PORT][/PATH].`,
    remedy: 'Correct argocd.url in the file of the server; plain http is for this machine only.',
  });
}

/** What an answer of any other status than 2xx means. */
export function answerFault(question: Question, host: string, answer: Exchange): BorderError {
  const { status, location } = answer;
  const verdict = verdictOf(question, answer);
  const words = location === null ? wordsOf(answer) : `it redirects to ${hostOf(location)}`;
  return new BorderError({
    ...verdict,
    status,
    subject: host,
    message: `Argo CD at ${host} did not ${question.doing}: ${words}.`,
  });
}

interface Verdict {
  readonly kind: BorderCode;
  readonly code: string;
  readonly remedy: string;
}

function verdictOf({ right }: Question, { status, location }: Exchange): Verdict {
  if (location !== null) {
    const remedy = 'Set argocd.url in the file of the server to where it is; no redirect is followed.';
    return { kind: 'unavailable', code: 'argocd-moved', remedy };
  }
  if (status === 403) return { kind: 'forbidden', code: 'argocd-forbidden', remedy: grant(right) };
  return known[status] ?? (unavailable.has(status) ? down : refused);
}

function grant(right: string | null): string {
  if (right === null) return 'Give the account of the token the right that is named.';
  return `Add to policy.csv of argocd-rbac-cm, if the object exists: p, ACCOUNT, ${right}, allow.`;
}

const unavailable: ReadonlySet<number> = new Set([502, 503, 504]);
const down: Verdict = {
  kind: 'unavailable',
  code: 'argocd-unreachable',
  remedy: 'Check that argocd-server and its repo-server run, then run the review again.',
};
const refused: Verdict = {
  kind: 'invalid',
  code: 'argocd-refused',
  remedy: 'Correct what Argo CD names here, then run the review again.',
};

const known: Readonly<Record<number, Verdict>> = {
  401: {
    kind: 'unauthorized',
    code: 'argocd-unauthorized',
    remedy: 'Make a token (`argocd account generate-token --account NAME`) and put it where argocd.token is read from.',
  },
  404: {
    kind: 'not-found',
    code: 'argocd-not-found',
    remedy: 'Check that it exists in this Argo CD, and argocd.url in the file of the server.',
  },
  413: { kind: 'too-large', code: 'argocd-refused', remedy: 'Make the object smaller.' },
  429: { kind: 'limited', code: 'argocd-limited', remedy: 'Wait, then run the review again.' },
};

/** Code `argocd-garbled`: an answer that is not what the API gives. */
export function garbled(host: string, doing: string): BorderError {
  return new BorderError({
    kind: 'unavailable',
    status: 0,
    code: 'argocd-garbled',
    subject: host,
    message: `Argo CD at ${host} did not ${doing}: what it answered is not what its API gives.`,
    remedy: 'Check that argocd.url in the file of the server is that of argocd-server, and no proxy or login page.',
  });
}

/** Code `argocd-too-large`. */
export function oversize({ doing }: Question, host: string, bytes: number): BorderError {
  return new BorderError({
    kind: 'too-large',
    status: 0,
    code: 'argocd-too-large',
    subject: host,
    message: `Argo CD at ${host} did not ${doing}: it answered with more than ${bytes} bytes.`,
    remedy: 'Let the generator or the application give less.',
  });
}

/** Code `argocd-unreachable` for a call without a whole answer; border errors pass. */
export function silence(
  { doing }: Question,
  host: string,
  { fault, isLate, callMs }: { readonly fault: unknown; readonly isLate: boolean; readonly callMs: number },
): BorderError {
  if (fault instanceof BorderError) return fault;
  const code = codeOf(fault);
  const isTls = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|EPROTO)/.test(code);
  const broken = isTls ? `its certificate is not trusted (${code})` : `the connection failed (${code})`;
  const why = isLate ? `it did not answer within ${callMs / 1000} s` : broken;
  return new BorderError({
    kind: 'unavailable',
    status: 0,
    code: 'argocd-unreachable',
    subject: host,
    message: `Argo CD at ${host} did not ${doing}: ${why}.`,
    remedy: isTls ? 'Name its authority with argocd.caFile in the file of the server.' : down.remedy,
    cause: fault,
  });
}

function codeOf(fault: unknown): string {
  const { code, name } = fault as Partial<NodeJS.ErrnoException>; // every property may be absent
  return code ?? name ?? 'unknown';
}

/** Characters of a message that are told. */
const mostWords = 500;

/** Argo CD's own words: their first line, since what it logged follows. */
function wordsOf({ status, text }: Exchange): string {
  const [line = ''] = (messageOf(text) ?? '').split('\n');
  const words = line.trim().replace(/\.$/, '');
  return words === '' ? `it answered ${status}` : words.slice(0, mostWords);
}

function messageOf(text: string): string | null {
  try {
    return pickText(parseJson(text), 'message') ?? null;
  } catch {
    return null; // No answer of its API; the status says enough.
  }
}

function hostOf(location: string): string {
  return URL.parse(location)?.host ?? 'another place';
}
