import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Job, JobOptions } from '../../../../src/model/jobs.ts';
import type { BesideStore, OpenedStore } from '../../../../src/world/store/opened-store.ts';
import { openPostgresBeside } from '../../../../src/world/store/postgres/beside.ts';
import { openPostgres } from '../../../../src/world/store/postgres/postgres.ts';
import type { Delivery } from '../../../../src/world/store/store.ts';
import { freshDatabase, type TestDatabase } from '../../../support/postgres.ts';

const job: Job = { kind: 'ingest', payload: { forge: 'github', delivery: null } };
const options: JobOptions = { key: 'ingest:github', replace: false, runAt: new Date('2026-11-30T12:00:00Z') };

let database: TestDatabase;
let opened: OpenedStore;
let beside: BesideStore;
let added: string[];
beforeEach(async () => {
  database = await freshDatabase();
  added = [];
  const now = (): Date => new Date('2026-11-30T11:00:00Z');
  opened = await openPostgres({ url: database.url, now, random: () => 0 });
  beside = await openPostgresBeside(database.url, { now, onAdded: (_job, { key }) => void added.push(key) });
});
afterEach(async () => {
  await beside.close();
  await opened.close();
  await database.drop();
});

function delivery(id: string, body = 'a\0b\u00ff'): Omit<Delivery, 'state'> {
  const receivedAt = new Date('2026-11-30T11:00:00.123Z');
  return {
    forge: 'github',
    id,
    event: 'push',
    headers: { 'x-github-event': 'push' },
    body: Buffer.from(body),
    receivedAt,
  };
}

test('what is added by the second way is there for the first, and told once it is durable', async () => {
  await beside.store.transaction(async (tx) => {
    await beside.queue.add(tx, job, options);
    expect(added).toEqual([]);
  });

  expect(added).toEqual(['ingest:github']);
  expect(await opened.queue.stats()).toMatchObject([{ kind: 'ingest', waiting: 1 }]);
});

test('without a job that waits nothing is kept behind it', async () => {
  await beside.queue.add(null, job, { ...options, key: 'ingest:gitlab' });

  expect(await beside.keepBehind([delivery('d-1')], job, options)).toBeNull();
  expect(await opened.store.deliveries.get('github', 'd-1')).toBeNull();
});

test('behind a job that waits each delivery is kept once, as it came', async () => {
  await beside.queue.add(null, job, options);

  const first = await beside.keepBehind([delivery('d-1'), delivery('d-2'), delivery('d-1', 'other')], job, options);
  const again = await beside.keepBehind([delivery('d-2'), delivery('d-3')], job, options);

  expect([first, again]).toEqual([new Set(['d-1', 'd-2']), new Set(['d-3'])]);
  const kept = await opened.store.deliveries.get('github', 'd-1');
  expect({ ...kept, body: Buffer.from(kept?.body ?? []).toString() }).toEqual({
    ...delivery('d-1'),
    body: 'a\0b\u00ff',
    state: 'received',
  });
  expect(await opened.queue.size()).toBe(1);
});

test('behind the same job many are kept at once, and nobody takes it before they are', async () => {
  await beside.queue.add(null, job, options);
  const free = 'select from pgboss.job_common where singleton_key = $1 for update skip locked';

  const { kept, taken } = await opened.store.transaction(async (tx) => {
    await opened.queue.add(tx, job, options);
    return {
      kept: await beside.keepBehind([delivery('d-1')], job, options),
      taken: await database.query(free, [options.key]),
    };
  }, 'beside');

  expect(kept).toEqual(new Set(['d-1']));
  expect(taken).toEqual([]);
  expect(await database.query(free, [options.key])).toHaveLength(1);
});

test('a job that waits because it failed is due when something is kept behind it', async () => {
  await beside.queue.add(null, job, options);
  await database.query(`update pgboss.job_common set data = data || '{"attempts":1}'`);
  const runAt = new Date('2026-11-30T11:30:00Z');

  const kept = await beside.keepBehind([delivery('d-1')], job, { ...options, runAt });
  const later = await beside.keepBehind([delivery('d-2')], job, options);

  expect([kept, later]).toEqual([new Set(['d-1']), new Set(['d-2'])]);
  expect(await database.query('select start_after from pgboss.job_common')).toEqual([{ start_after: runAt }]);
});
