import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import { type OwnPostgres, ownPostgres, type TestDatabase } from '../../../support/postgres.ts';

const run = promisify(execFile);
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Fills up, and is given room. */
interface Disk {
  readonly how: string;
  makeRoom(): Promise<unknown>;
}

/** The deliveries lie on a file system of 1 MB: what PostgreSQL itself says of a full disk. */
async function smallDisk(database: TestDatabase, server: OwnPostgres): Promise<Disk> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-small-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  closing.push(() => run('umount', [folder]));
  const { uid, gid } = await server.owner();
  await chown(folder, uid, gid);
  await chmod(folder, 0o700);
  await database.query(`create tablespace small location '${folder}'`);
  closing.push(() => database.query('drop tablespace small'));
  await database.query('alter table fairlead.deliveries set tablespace small');
  closing.push(() => database.query('alter table fairlead.deliveries set tablespace pg_default'));
  return { how: 'a small file system', makeRoom: () => run('mount', ['-o', 'remount,size=64m', folder]) };
}

/** Where nothing may be mounted, the database is told to say the same after 100 KB. */
async function saidToBeFull(database: TestDatabase): Promise<Disk> {
  await database.query(`create function fairlead.full() returns trigger language plpgsql as $$ begin
    if (select sum(octet_length(body)) from fairlead.deliveries) > 100000 then
      raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
    end if;
    return new; end $$`);
  await database.query(
    'create trigger full_disk before insert on fairlead.deliveries for each row execute function fairlead.full()',
  );
  return { how: 'errors', makeRoom: () => database.query('drop trigger full_disk on fairlead.deliveries') };
}

test('a PostgreSQL store on a full disk keeps what it acknowledged, says so, and goes on when there is room', async () => {
  const server = await ownPostgres();
  closing.push(() => server.remove());
  const database = await server.freshDatabase();
  closing.push(() => database.drop());
  const { store, close } = await openPostgres({ url: database.url, now: () => new Date(), random: () => 0.5 });
  const disk = await smallDisk(database, server).catch(() => saidToBeFull(database));
  closing.push(close);
  process.stdout.write(`full disk of PostgreSQL: by ${disk.how}\n`);
  const insert = (id: string) => {
    // Random: it is not made smaller.
    const delivery = {
      forge: 'github',
      id,
      event: 'push',
      headers: {},
      body: randomBytes(50_000),
      receivedAt: new Date(),
    };
    return store.transaction((tx) => store.deliveries.insert(tx, delivery), 'beside');
  };

  const kept: string[] = [];
  let fault: unknown = null;
  for (let n = 0; fault === null && n < 60; n += 1) {
    await insert(`d-${n}`).then(
      () => kept.push(`d-${n}`),
      (error) => {
        fault = error;
      },
    );
  }

  expect(fault).toMatchObject({
    code: 'store-failed',
    remedy: expect.stringContaining('disk of the database is full'),
  });
  expect(kept.length).toBeGreaterThan(0);
  for (const id of kept) expect((await store.deliveries.get('github', id))?.state).toBe('received');
  expect(await store.deliveries.get('github', `d-${kept.length}`)).toBeNull();
  await disk.makeRoom();
  expect(await insert('later')).toBe(true);
}, 120_000);
