import { Client } from 'pg';
import { addressOf } from './address.ts';
import { restore } from './faults.ts';

/** How long making a connection may take, in milliseconds. */
const connectDeadline = 5_000;

/**
 * Works on a connection of its own, without the deadlines of the pool: building an index may take longer than a statement of every
 * day. A transaction left open is rolled back. Throws `FairleadError` `store-failed`, and what the work throws.
 */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const address = addressOf(url);
  const client = new Client({
    connectionString: url,
    application_name: 'fairlead start',
    connectionTimeoutMillis: connectDeadline,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
  });
  client.on('error', () => {}); // the statement that waits, or the next, rejects for the same reason
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw restore(address, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
