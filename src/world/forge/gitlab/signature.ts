import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { RawDelivery, Receiver } from '../receiver.ts';

/** What checking takes. Several secrets of a kind may be active, so that one can be exchanged without a gap. */
export interface AuthenticatorOptions {
  /** Secret tokens (`X-Gitlab-Token`). */
  readonly secrets: readonly string[];
  /** Signing tokens (`whsec_...`), for servers that sign. */
  readonly signingSecrets: readonly string[];
  readonly now: () => Date;
}

/** Seconds a signed webhook may be old, or ahead of our clock. */
const TOLERANCE = 300;

type Verdict = ReturnType<Receiver['authenticate']>;

/**
 * Checks GitLab's webhooks, without a word of what they say. One that is signed must be signed well, whatever token it carries; one
 * that is not (servers before signing leave it out without a word) must carry a secret token.
 */
export function createAuthenticator(options: AuthenticatorOptions): Receiver['authenticate'] {
  return (delivery) => authenticate(delivery, options);
}

function authenticate(delivery: RawDelivery, options: AuthenticatorOptions): Verdict {
  const event = delivery.headers['x-gitlab-event'] ?? '';
  if (event === '') return { ok: false, status: 400, reason: 'X-Gitlab-Event is missing' };
  const reason = refusalOf(delivery, options);
  return reason === null ? { ok: true, id: idOf(delivery, event), event } : { ok: false, status: 401, reason };
}

/** The same for every try of one delivery. `X-Gitlab-Webhook-UUID` and `X-Gitlab-Event-UUID` are not. */
function idOf({ headers, body }: RawDelivery, event: string): string {
  const given = headers['webhook-id'] ?? headers['idempotency-key'] ?? '';
  return given === '' ? createHash('sha256').update(`${event}\n`).update(body).digest('hex') : given;
}

function refusalOf(delivery: RawDelivery, options: AuthenticatorOptions): string | null {
  const { headers } = delivery;
  const isSigned = headers['webhook-signature'] !== undefined && options.signingSecrets.length > 0;
  if (isSigned) return signatureRefusal(delivery, options);
  const token = headers['x-gitlab-token'];
  if (token === undefined) return 'X-Gitlab-Token is missing';
  return isAnyOf([digest(token)], options.secrets.map(digest)) ? null : 'the secret token does not match';
}

function signatureRefusal({ headers, body }: RawDelivery, options: AuthenticatorOptions): string | null {
  const id = headers['webhook-id'] ?? '';
  const timestamp = headers['webhook-timestamp'] ?? '';
  if (id === '' || !/^\d{1,12}$/.test(timestamp)) return 'webhook-id or webhook-timestamp is missing';
  const age = options.now().getTime() / 1000 - Number(timestamp);
  if (Math.abs(age) > TOLERANCE) return 'webhook-timestamp is more than five minutes off; check the clocks';
  const given = (headers['webhook-signature'] ?? '').split(' ').filter((part) => part.startsWith('v1,'));
  const right = options.signingSecrets.map((secret) =>
    createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest('base64'),
  );
  const matches = isAnyOf(
    given.map((part) => digest(part.slice('v1,'.length))),
    right.map(digest),
  );
  return matches ? null : 'the signature does not match';
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

/** Compares all with all to the end, so that the time taken tells neither where a guess fails nor which secret fits. */
function isAnyOf(given: readonly Buffer[], wanted: readonly Buffer[]): boolean {
  let matches = 0;
  for (const one of given) for (const other of wanted) matches += timingSafeEqual(one, other) ? 1 : 0;
  return matches > 0;
}

/** Of one length, whatever the text. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
