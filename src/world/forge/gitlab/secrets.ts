import { FairleadError } from '../../../model/error.ts';

/** Shortest secret token we start with, in characters. */
const SHORTEST = 16;

/** Bytes a signing token holds at least. */
const SIGNING_BYTES = 24;

/**
 * Refuses to start where a stranger could forge events: without any secret, with a short or repeated one, or with a
 * signing token that is not one. No secret is ever part of a message.
 *
 * @throws FairleadError `weak-webhook-secret`
 */
export function assertSecrets(name: string, secrets: readonly string[], signingSecrets: readonly string[]): void {
  if (secrets.length + signingSecrets.length === 0) throw weak(name, 'has no webhook secret');
  for (const secret of secrets) {
    if (secret.trim().length < SHORTEST) throw weak(name, `has a webhook secret shorter than ${SHORTEST} characters`);
    if (new Set(secret).size < 6) throw weak(name, 'has a webhook secret that repeats a few characters');
  }
  for (const secret of signingSecrets) {
    const key = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(secret)?.[1] ?? '';
    if (Buffer.from(key, 'base64').length < SIGNING_BYTES)
      throw weak(name, 'has a signing token that is not "whsec_..."');
  }
}

function weak(name: string, what: string): FairleadError {
  return new FairleadError({
    code: 'weak-webhook-secret',
    subject: name,
    message: `The forge ${name} ${what}, so anybody could forge events.`,
    remedy:
      'Make a secret token with `openssl rand -hex 32`, or copy the signing token that GitLab shows, and set it both here and in the webhook.',
  });
}
