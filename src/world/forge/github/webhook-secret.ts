import { FairleadError } from '../../../model/error.ts';

/** Shortest secret we start with, in characters. */
const SHORTEST = 16;

/** Words that tutorials, templates and Probot itself (`development`) put where a secret should stand. */
const wellKnown =
  /^(development|changeme|change[-_ ]?me|secret|password|example|default|test|webhook|github|probot|fairlead|your|my|placeholder|replace)/i;

/**
 * Refuses a webhook secret that a stranger could guess: empty, shorter than 16 characters, a default word drawn out, or
 * one character repeated. The secret itself is never part of the message.
 *
 * @throws FairleadError `weak-webhook-secret`
 */
export function assertWebhookSecret(secret: string): void {
  const reason = weaknessOf(secret);
  if (reason === null) return;
  throw new FairleadError({
    code: 'weak-webhook-secret',
    subject: 'WEBHOOK_SECRET',
    message: `The webhook secret ${reason}, so anybody could forge events.`,
    remedy: 'Make one with `openssl rand -hex 32` and set it both here and in the settings of the GitHub App.',
  });
}

function weaknessOf(secret: string): string | null {
  if (secret.trim() === '') return 'is empty';
  if (secret.trim().length < SHORTEST) return `is shorter than ${SHORTEST} characters`;
  if (new Set(secret).size < 6) return 'repeats a few characters';
  return wellKnown.test(secret.trim()) ? 'begins with a well-known word' : null;
}
