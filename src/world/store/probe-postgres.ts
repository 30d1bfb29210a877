import { BorderError } from '../../model/error.ts';

const deadlineMs = 8_000;

/** What a PostgreSQL says of itself. Throws `BorderError` when it cannot be reached or lets us not in. */
export async function probePostgres(
  url: string,
  signal: AbortSignal,
): Promise<{ readonly version: string; readonly isReadOnly: boolean }> {
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: deadlineMs, query_timeout: deadlineMs });
  // What breaks later than the query is of no interest; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    signal.throwIfAborted();
    const { rows } = await client.query<{ version: string; readonly: string }>(
      "select current_setting('server_version') as version, current_setting('transaction_read_only') as readonly",
    );
    return { version: rows[0]?.version ?? 'unknown', isReadOnly: rows[0]?.readonly === 'on' };
  } catch (cause) {
    throw failed(url, cause);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The address holds a password: only its host is told. */
function failed(url: string, cause: unknown): BorderError {
  const host = URL.parse(url)?.host ?? 'the database';
  const { code } = (cause ?? {}) as { readonly code?: unknown }; // absent on most
  const isRefused = typeof code === 'string' && /^(?:28|42501|3D)/.test(code);
  return new BorderError({
    kind: isRefused ? 'unauthorized' : 'unavailable',
    status: 0,
    code: isRefused ? 'store-refused' : 'store-unreachable',
    subject: host,
    message: `PostgreSQL at ${host} ${isRefused ? 'does not let us in' : 'cannot be reached'} (${typeof code === 'string' ? code : 'no answer'})`,
    remedy: 'Check DATABASE_URL: host, database, user and password.',
  });
}
