import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StorePlace } from '../../../src/server/open-store.ts';
import type { OpenedStore, StoreOptions } from '../../../src/world/store/opened-store.ts';
import { openPostgres } from '../../../src/world/store/postgres/postgres.ts';
import { openSqlite } from '../../../src/world/store/sqlite/sqlite.ts';
import { ownPostgres } from '../../support/postgres.ts';

/** Where a store is, as a process of its own can be told. */
export type StoreAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** A store whose processes are killed. */
export interface KilledStore {
  readonly address: StoreAddress;
  /** What its own check of the data says; `ok` when nothing is broken. */
  check(): Promise<string>;
  /** Stops the database itself without a word and starts it again; null where the database dies with its process. */
  readonly crash: (() => Promise<void>) | null;
  close(): Promise<void>;
}

/** The stores by name: what is proven of one is proven of all. */
export const killedStores: Readonly<Record<string, () => Promise<KilledStore>>> = {
  sqlite: openSqliteFile,
  postgres: openOwnServer,
};

/** Where a server would look for the same store. */
export function placeOf(address: StoreAddress): StorePlace {
  return address.kind === 'sqlite' ? { dataDir: dirname(address.path) } : { dataDir: '', databaseUrl: address.url };
}

type Surroundings = Pick<StoreOptions, 'onFailure' | 'onFault'>;

/** Opens the store at an address as a server does. */
export function openStoreAt(address: StoreAddress, surroundings: Surroundings = {}): Promise<OpenedStore> {
  // A job that is there at each of so many deaths is not the reason for them here, as it would be elsewhere.
  const retry = { interruptions: 100_000 };
  const options = { now: () => new Date(), random: Math.random, retry, ...surroundings };
  switch (address.kind) {
    case 'sqlite':
      return openSqlite({ path: address.path, ...options });
    case 'postgres':
      return openPostgres({ url: address.url, ...options });
    default:
      return address satisfies never;
  }
}

async function openSqliteFile(): Promise<KilledStore> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-killed-'));
  const path = join(folder, 'fairlead.db');
  return {
    address: { kind: 'sqlite', path },
    check: async () => {
      const database = new DatabaseSync(path);
      const row = database.prepare('pragma integrity_check').get();
      database.close();
      return String(row?.['integrity_check']);
    },
    crash: null,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A server of its own, as it is crashed. */
async function openOwnServer(): Promise<KilledStore> {
  const server = await ownPostgres();
  const database = await server.freshDatabase();
  return {
    address: { kind: 'postgres', url: database.url },
    check: async () => {
      const [row] = await database.query('select count(*) as rows from fairlead.deliveries');
      return row === undefined ? 'no rows' : 'ok';
    },
    crash: async () => {
      await server.crash();
      await server.start();
    },
    close: server.remove,
  };
}
