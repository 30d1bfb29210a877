import { createPrivateKey } from 'node:crypto';
import { FairleadError } from '../../../model/error.ts';

/**
 * The app's private key in PEM. Takes it as downloaded, in base64, or with `\n` written out, since environment variables
 * often cannot hold lines. Checked here, so that a wrong paste is found at the start and not at the first webhook.
 *
 * @throws FairleadError `bad-private-key`; the key is not part of it
 */
export function readPrivateKey(text: string): string {
  const pem = toPem(text.trim());
  try {
    createPrivateKey(pem);
    return pem;
  } catch {
    // The parser's own text may quote the input.
    throw new FairleadError({
      code: 'bad-private-key',
      subject: 'PRIVATE_KEY',
      message: 'The private key of the GitHub App cannot be read.',
      remedy:
        'Set PRIVATE_KEY to the whole .pem file GitHub gave you (base64 is fine), or PRIVATE_KEY_PATH to its path.',
    });
  }
}

function toPem(text: string): string {
  const isPem = text.includes('-----BEGIN');
  return isPem ? text.replaceAll('\\n', '\n') : Buffer.from(text, 'base64').toString('utf8');
}
