import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';
import { describeShared } from '../../../contract/store-shared.ts';

describeShared('a SQLite file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-shared-'));
  const options = { path: join(folder, 'fairlead.db'), now: () => new Date(), random: Math.random };
  const one = await openSqlite(options);
  const two = await openSqlite({ ...options, lock: false });
  return {
    one: one.store,
    two: two.store,
    close: async () => {
      await two.close();
      await one.close();
      await rm(folder, { recursive: true });
    },
  };
});
