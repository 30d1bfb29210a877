import { type BorderCode, BorderError } from '../../../model/error.ts';
import { isJsonList, isJsonObject, type Json, pick, pickText } from '../../../model/json.ts';
import type { Redacted } from '../../../model/redacted.ts';

/** What was asked of which cluster, for sentences: `cluster prod (10.0.0.1:6443)`, `patch deployments.apps shop/web`. */
export interface Attempt {
  readonly server: string;
  readonly action: string;
}

/** The server's refusal. */
export interface Refusal {
  readonly status: number;
  /** The `Status` object of the body, or null when the body is none. */
  readonly body: Json;
  /** The server's own words, masked. */
  readonly message: Redacted;
  readonly retryAt: Date | null;
}

/** Server-side apply answers 500 when the sent object does not fit its schema: no fault of the server (seen in 1.36). */
const schemaFault = /^failed to (create typed patch object|convert new object|create manager for existing fields)/;

interface Verdict {
  readonly kind: BorderCode;
  readonly code: string;
  readonly remedy: string;
}

const cannot = / cannot [a-z]+ (resource|path|nonResourceURL) /i;

/** The domain error for an answer with status 400 and above. */
export function refusalError(attempt: Attempt, refusal: Refusal): BorderError {
  const verdict = judge(refusal);
  return new BorderError({
    ...verdict,
    status: refusal.status,
    retryAt: verdict.kind === 'limited' || verdict.kind === 'unavailable' ? refusal.retryAt : null,
    message: sentence(attempt, refusal, verdict),
    subject: attempt.server,
  });
}

/** The domain error for a call that got no answer. */
export function silenceError(attempt: Attempt, cause: unknown): BorderError {
  const code = codeOf(cause);
  const isTls = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(code);
  return new BorderError({
    kind: 'unavailable',
    status: 0,
    code: isTls ? 'cluster-tls' : 'cluster-unreachable',
    message: `Cluster ${attempt.server} ${isTls ? 'could not be trusted' : (plainly[code] ?? 'broke the connection')} (${code}); tried to ${attempt.action}.`,
    subject: attempt.server,
    remedy: isTls
      ? 'Check the certificate authority, client certificate and server name in the kubeconfig.'
      : 'Check that the address in the kubeconfig is right and can be reached from here.',
    cause,
  });
}

/** The domain error for a call that took too long. */
export function overdueError(attempt: Attempt, milliseconds: number): BorderError {
  return new BorderError({
    kind: 'unavailable',
    status: 0,
    code: 'cluster-timeout',
    message: `Cluster ${attempt.server} did not answer within ${milliseconds / 1000} s; tried to ${attempt.action}.`,
    subject: attempt.server,
    remedy:
      'Check that the cluster is up and that nothing between here and there swallows the connection; then try again.',
  });
}

/** The domain error for a call that was under way when the cluster was closed. */
export function closedError(server: string): BorderError {
  return new BorderError({
    kind: 'unavailable',
    status: 0,
    code: 'cluster-closed',
    message: `Cluster ${server} was closed while a call was waiting for its next try.`,
    subject: server,
    remedy: 'Open the cluster again.',
  });
}

/** The domain error for an answer that is larger than allowed. */
export function oversizeError(attempt: Attempt, bytes: number): BorderError {
  return new BorderError({
    kind: 'too-large',
    status: 0,
    code: 'cluster-answer-too-large',
    message: `Cluster ${attempt.server} answered with more than ${bytes} bytes; tried to ${attempt.action}.`,
    subject: attempt.server,
    remedy: 'Ask for less: a namespace, a label selector, or smaller pages.',
  });
}

/** The domain error for an answer that is not what the protocol says. */
export function garbledError(attempt: Attempt, why: string): BorderError {
  return new BorderError({
    kind: 'unavailable',
    status: 0,
    code: 'cluster-answer-garbled',
    message: `Cluster ${attempt.server} gave an answer that is ${why}; tried to ${attempt.action}.`,
    subject: attempt.server,
    remedy: 'Check that the address in the kubeconfig is an API server and not a proxy or login page.',
  });
}

/** The Node or undici code of a failed connection, `unknown` without one. */
export function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return 'unknown';
  const { code, name, cause: inner } = cause as Partial<NodeJS.ErrnoException>; // every property may be absent
  if (typeof code === 'string') return code;
  return inner === undefined ? (name ?? 'unknown') : codeOf(inner);
}

const plainly: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'has a name that cannot be resolved',
  EAI_AGAIN: 'has a name that cannot be resolved now',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'did not accept the connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'did not accept the connection in time',
};

function judge({ status, body, message }: Refusal): Verdict {
  if (status === 403 && !cannot.test(message)) {
    return { kind: 'invalid', code: 'cluster-admission-refused', remedy: 'Change the object as the cluster demands.' };
  }
  if (schemaFault.test(message)) {
    return { kind: 'invalid', code: 'cluster-schema-refused', remedy: 'Correct the fields named above.' };
  }
  if (message.includes('does not support dry run')) return noDryRun;
  const known = verdicts[status];
  if (known !== undefined) return known;
  if (status >= 500 && isWebhookFault(body, message)) {
    return { kind: 'unavailable', code: 'cluster-webhook-failed', remedy: 'Repair the admission webhook named above.' };
  }
  return status >= 500
    ? { kind: 'unavailable', code: 'cluster-failed', remedy: 'Look at the API server and try again.' }
    : { kind: 'invalid', code: 'cluster-refused', remedy: 'Change the object as the cluster demands.' };
}

const noDryRun: Verdict = {
  kind: 'invalid',
  code: 'cluster-webhook-no-dry-run',
  remedy:
    'Declare sideEffects: None on the admission webhook named above, if it has none; until then this object cannot be previewed.',
};

const verdicts: Readonly<Record<number, Verdict>> = {
  401: {
    kind: 'unauthorized',
    code: 'cluster-unauthorized',
    remedy: 'Log in again, or renew the token or certificate of this context.',
  },
  403: {
    kind: 'forbidden',
    code: 'cluster-forbidden',
    remedy: 'Grant this permission to the user named above (a Role and RoleBinding), then try again.',
  },
  404: { kind: 'not-found', code: 'cluster-not-found', remedy: 'Create it first, or check kind, namespace and name.' },
  409: {
    kind: 'conflict',
    code: 'cluster-conflict',
    remedy: 'Read the object again; who owns the fields is named above.',
  },
  410: { kind: 'conflict', code: 'cluster-gone', remedy: 'List again from the start: this version is no longer kept.' },
  413: { kind: 'too-large', code: 'cluster-object-too-large', remedy: 'Make the object smaller.' },
  429: { kind: 'limited', code: 'cluster-limited', remedy: 'Wait, then try again.' },
};

function isWebhookFault(body: Json, message: string): boolean {
  return pickText(body, 'reason') === 'InternalError' && message.includes('webhook');
}

function sentence(attempt: Attempt, refusal: Refusal, verdict: Verdict): string {
  const words = refusal.message.trim().replace(/\.$/, '');
  const told = words === '' ? `it answered ${refusal.status}` : words;
  const verb = verdict.kind === 'limited' || verdict.kind === 'unavailable' ? 'could not' : 'refused to';
  return `Cluster ${attempt.server} ${verb} ${attempt.action}: ${told}.`;
}

/**
 * What a `Status` says: its message on one line, and the causes it does not already quote. The server lists the faults of
 * server-side apply in random order; here they are sorted.
 */
export function statusMessage(body: Json): string {
  const [title = '', ...faults] = (pickText(body, 'message') ?? '').split('\n').map((line) => line.trim());
  const message = [
    title,
    faults
      .filter((fault) => fault !== '')
      .toSorted()
      .join('; '),
  ]
    .filter(Boolean)
    .join(' ');
  const causes = pick(body, 'details', 'causes');
  const details = (isJsonList(causes) ? causes : []).filter(isJsonObject).flatMap((cause) => {
    const text = pickText(cause, 'message');
    return text === undefined || message.includes(text)
      ? []
      : [[pickText(cause, 'field'), text].filter(Boolean).join(': ')];
  });
  return details.length === 0 ? message : `${message} (${details.join('; ')})`;
}
