import { readFile } from 'node:fs/promises';
import { FairleadError } from '../../../../model/error.ts';
import type { Clock } from '../clock.ts';
import type { Token, TokenSource } from './token-credentials.ts';

const scope = 'https://www.googleapis.com/auth/cloud-platform';
const marginMs = 5 * 60_000;

/** Minutes Google's tokens live where their end is not told. */
const usualLifeMs = 60 * 60_000;

/**
 * Tokens of Google Cloud for GKE: application default credentials (workload identity through the metadata server, a service account,
 * workload identity federation). By "Authenticate to the Kubernetes API server" and "Workload Identity Federation" of Google's
 * documentation.
 */
export function gkeToken({
  credentialsFile,
  clock,
}: {
  readonly credentialsFile: string | null;
  readonly clock: Clock;
}): TokenSource {
  let client: Promise<{
    getAccessToken(): Promise<{ token?: string | null }>;
    credentials: { expiry_date?: number | null };
  }> | null = null;
  return {
    origin:
      credentialsFile === null ? 'the application default credentials of Google' : `the credentials ${credentialsFile}`,
    remedy:
      'Bind a Google service account to the pod (workload identity), or set GOOGLE_APPLICATION_CREDENTIALS to credentials or a federation configuration.',
    token: async (): Promise<Token> => {
      client ??= openClient(credentialsFile).catch((cause: unknown) => {
        client = null;
        throw cause;
      });
      const opened = await client;
      const { token } = await opened.getAccessToken();
      if (typeof token !== 'string' || token === '') throw refusal('Google gave no token', credentialsFile);
      const expiresAt = opened.credentials.expiry_date ?? clock.now() + usualLifeMs;
      return { value: token, expiresAt, freshUntil: expiresAt - marginMs };
    },
  };
}

async function openClient(credentialsFile: string | null) {
  const { GoogleAuth } = await import('google-auth-library');
  const given = credentialsFile === null ? {} : { credentials: await readCredentials(credentialsFile) };
  return new GoogleAuth({ scopes: [scope], ...given }).getClient();
}

/** Google's library runs a program only where a variable allows it; here one is refused whatever is set. */
async function readCredentials(path: string): Promise<object> {
  const text = await readFile(path, 'utf8');
  if (/"executable"\s*:/.test(text)) throw refusal('it names a program to run, which is refused', path);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's words may quote a key.
    throw refusal('it is not JSON', path);
  }
}

function refusal(message: string, path: string | null): FairleadError {
  return new FairleadError({
    code: 'token-broken',
    subject: path ?? 'gke',
    message,
    remedy: 'Use a credential source that is a file or an address.',
  });
}
