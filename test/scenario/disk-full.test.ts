import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startBot } from '../../src/server/bot.ts';
import { createReceiver } from '../../src/world/forge/github/receiver.ts';
import { type Database, openDatabase } from '../../src/world/store/sqlite/database.ts';
import { migrate } from '../../src/world/store/sqlite/migrations.ts';
import { openRedaction } from '../support/open-redaction.ts';
import { eventually } from './loop/eventually.ts';
import { createModelForge } from './simulator/model-forge.ts';
import { openProcess } from './simulator/sim-store.ts';

const secret = 'kq93mfw7dux2hva0c41b77aa9f3c2e1b';
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** How many pages the database may have: what it has and so many more. SQLite then says what it says of a full disk. */
async function limit(database: Database, more: number): Promise<void> {
  const { rows } = await database.run('pragma page_count', []);
  await database.run(`pragma max_page_count = ${Number(rows[0]?.['page_count']) + more}`, []);
}

test('a bot whose disk is full answers 503, loses nothing and goes on when there is room', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-full-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'fairlead.db');
  const database = await openDatabase({ path, readOnly: false, lock: null });
  closing.push(() => database.close());
  await migrate(database, path);
  const logger = pino({ level: 'silent' });
  const now = (): Date => new Date();
  const { store, queue } = openProcess(database, now);
  const forge = { ...createModelForge(1, Date.now).serve(async () => 'answered'), receiver: createReceiver([secret]) };
  const forges = [{ forge, path: '/hooks/github' }];
  const common = {
    store,
    queue,
    now,
    logger,
    forges,
    moved: () => undefined,
    redact: openRedaction.redact,
    fault: () => null,
  };
  const bot = await startBot({ ...common, host: '127.0.0.1', port: 0 });
  closing.push(bot.close);
  const post = async (id: string): Promise<number> => {
    const body = JSON.stringify({ zen: 'x'.repeat(50_000) });
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = { 'content-type': 'application/json', 'x-github-event': 'ping', 'x-github-delivery': id };
    const sent = { method: 'POST', body, headers: { ...headers, 'x-hub-signature-256': signature } };
    return (await fetch(`${bot.url}/hooks/github`, sent)).status;
  };
  const isIgnored = (id: string) => async (): Promise<true | undefined> =>
    (await store.deliveries.get('github', id))?.state === 'ignored' ? true : undefined;

  await limit(database, 40);
  const answers = new Map<string, number>();
  for (let nth = 0; nth < 10; nth += 1) answers.set(`d-${nth}`, await post(`d-${nth}`));
  const acked = [...answers].filter(([, status]) => status === 202).map(([id]) => id);
  const refused = [...answers].filter(([, status]) => status === 503).map(([id]) => id);
  expect(acked.length + refused.length).toBe(10);
  expect([acked.length > 0, refused.length > 0]).toEqual([true, true]);
  for (const id of refused) expect(await store.deliveries.get('github', id)).toBeNull();

  await limit(database, 100_000);
  for (const id of refused) expect(await post(id)).toBe(202);
  // What failed for want of room is tried again after seven seconds, and then after fourteen.
  for (const id of answers.keys()) await eventually(`the end of ${id}`, isIgnored(id), 60_000);

  const file = new DatabaseSync(path, { readOnly: true });
  expect(file.prepare('pragma integrity_check').get()).toEqual({ integrity_check: 'ok' });
  file.close();
}, 150_000);
