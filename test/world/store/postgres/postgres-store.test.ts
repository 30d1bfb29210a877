import { afterAll, beforeAll } from '@jest/globals';
import type { OpenedStore } from '../../../../src/world/store/opened-store.ts';
import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import { processTime } from '../../../../src/world/store/sql/leases.ts';
import { describeStore } from '../../../contract/store.ts';
import { describeTampering, type TamperStage } from '../../../contract/store-audit.ts';
import { createClock } from '../../../contract/store-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../../../support/postgres.ts';

const clock = createClock();
let database: TestDatabase;
let opened: OpenedStore;
beforeAll(async () => {
  database = await freshDatabase();
  opened = await openPostgres({
    ...{ url: database.url, now: clock.now, random: () => 0.5 },
    leaseTime: processTime(clock.now),
  });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

const protection = (how: 'enable' | 'disable'): string =>
  ['audit', 'audit_head'].map((table) => `alter table fairlead.${table} ${how} trigger user;`).join(' ');

/** The store of this file, its audit empty: making one anew for each test would take most of the time. */
async function open(): Promise<TamperStage> {
  const emptying = 'delete from fairlead.audit; delete from fairlead.audit_head;';
  await database.query(`${protection('disable')} ${emptying} ${protection('enable')}`);
  return {
    store: opened.store,
    clock,
    sql: async (statement) => {
      await database.query(`set search_path = fairlead; ${statement}`);
    },
    unprotect: async () => {
      await database.query(protection('disable'));
    },
    close: async () => {},
  };
}

describeStore('PostgreSQL', open);
describeTampering('PostgreSQL', open);
