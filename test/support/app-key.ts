import { generateKeyPairSync } from 'node:crypto';

/** A private key as GitHub hands out to an app, PEM. */
export function appPrivateKey(): string {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return pair.privateKey;
}
