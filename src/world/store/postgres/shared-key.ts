import { createHash, randomBytes } from 'node:crypto';
import { withClient } from './client.ts';
import { schema } from './pool.ts';

/**
 * The installation key of those that share a database, made by the first that asks. Kept in the database, since replicas have no
 * folder in common and what one of them signed must hold for the others. The store was opened once. Throws `FairleadError`
 * `store-failed`.
 */
export async function sharedKey(url: string): Promise<Uint8Array> {
  const text = await withClient(url, async (client) => {
    const fresh = randomBytes(32).toString('hex');
    await client.query(`insert into ${schema}.installation values (1, $1) on conflict (one) do nothing`, [fresh]);
    const { rows } = await client.query<{ key: string }>(`select key from ${schema}.installation`);
    return rows[0]?.key ?? fresh;
  });
  return createHash('sha256').update(text).digest();
}
