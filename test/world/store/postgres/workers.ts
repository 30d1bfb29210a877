import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { OpenedStore } from '../../../../src/world/store/opened-store.ts';
import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import { freshDatabase, type TestDatabase } from '../../../support/postgres.ts';
import { killChild, type StoreChild, startScript } from '../sqlite/child.ts';

const script = fileURLToPath(new URL('./queue-child.ts', import.meta.url));

/** A database of the suite and processes that run its jobs, ended after each test. */
export interface Workers {
  start(mode: 'work' | 'hold'): Promise<StoreChild>;
  /** The store in the test's own process, whose queue runs nothing. */
  open(): Promise<OpenedStore>;
  query: TestDatabase['query'];
}

export function useWorkers(): Workers {
  let database: TestDatabase;
  const children: StoreChild[] = [];
  const opened: OpenedStore[] = [];
  beforeAll(async () => {
    database = await freshDatabase();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(children.splice(0).map(killChild));
    await Promise.all(opened.splice(0).map(({ close }) => close()));
  });
  afterAll(() => database.drop());
  return {
    start: async (mode) => {
      const child = await startScript(script, [mode, database.url]);
      children.push(child);
      return child;
    },
    open: async () => {
      const store = await openPostgres({ url: database.url, now: () => new Date(), random: Math.random });
      opened.push(store);
      return store;
    },
    query: (...question) => database.query(...question),
  };
}

export function tell(child: StoreChild, word: 'end' | 'close'): void {
  child.process.stdin?.write(`${word}\n`);
}
