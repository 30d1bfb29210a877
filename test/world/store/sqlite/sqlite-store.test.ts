import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';
import { describeStore } from '../../../contract/store.ts';
import { describeTampering, type TamperStage } from '../../../contract/store-audit.ts';
import { createClock, type StoreStage } from '../../../contract/store-fixtures.ts';

async function inMemory(): Promise<StoreStage> {
  const clock = createClock();
  const { store, close } = await openSqlite({ path: ':memory:', now: clock.now, random: () => 0.5 });
  return { store, clock, close };
}

async function inFile(): Promise<TamperStage> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-store-'));
  const path = join(folder, 'fairlead.db');
  const clock = createClock();
  const { store, close } = await openSqlite({ path, now: clock.now, random: () => 0.5 });
  const other = new DatabaseSync(path);
  const triggers = ['audit_is_kept', 'audit_is_final', 'audit_head_is_kept', 'audit_head_grows'];
  return {
    store,
    clock,
    sql: async (statement) => other.exec(statement),
    unprotect: async () => other.exec(triggers.map((trigger) => `drop trigger ${trigger};`).join('')),
    close: async () => {
      other.close();
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

describeStore('SQLite in memory', inMemory);
describeStore('SQLite in a file', inFile);
describeTampering('SQLite in a file', inFile);
