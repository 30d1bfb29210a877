import { expect, test } from '@jest/globals';
import { createGitHub } from '../../../../src/world/forge/github/github.ts';
import { assertWebhookSecret } from '../../../../src/world/forge/github/webhook-secret.ts';
import { quiet } from './setup.ts';

test.each([
  '',
  '   ',
  'development',
  'changeme',
  'short-but-ok-15',
  'developmentdevelopment',
  'change-me-change-me-1',
  'secretsecretsecret12',
  'aaaaaaaaaaaaaaaaaaaa',
  '1212121212121212121212',
])('refuses the secret %j without repeating it', (secret) => {
  const refused = expect.objectContaining({ code: 'weak-webhook-secret', subject: 'WEBHOOK_SECRET' });

  expect(() => assertWebhookSecret(secret)).toThrow(refused);
  if (secret.trim() !== '') expect(() => assertWebhookSecret(secret)).not.toThrow(secret);
});

test.each(['b3f1c2d4e5a697887766554433221100', 'correct horse battery staple'])('takes the secret %j', (secret) => {
  expect(() => assertWebhookSecret(secret)).not.toThrow();
});

test.each([[[]], [['b3f1c2d4e5a697887766554433221100', 'development']]])(
  'does not become a forge with the secrets %j',
  (webhookSecrets) => {
    const options = { appId: 1, privateKey: '', logger: quiet, now: () => new Date(), redact: (text: string) => text };

    expect(() => createGitHub({ ...options, webhookSecrets })).toThrow(
      expect.objectContaining({ code: 'weak-webhook-secret' }),
    );
  },
);
