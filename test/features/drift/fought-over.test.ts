import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isFoughtOver } from '../../../src/features/drift/fought-over.ts';
import type { AuditRow } from '../../../src/model/audit.ts';
import { openSqlite } from '../../../src/world/store/sqlite/sqlite.ts';

const start = Date.parse('2026-11-22T00:00:00.000Z');
const row = (sequence: number, minute: number, action: string): AuditRow => {
  const at = new Date(start + minute * 60_000).toISOString();
  return { sequence, at, actor: 'fairlead', action, subject: 'd-1', data: {}, previous: '', hash: '' };
};

/** An audit of rows at these minutes, that counts how many rows were read. */
function auditOf(minutes: readonly number[], action = 'drift-healed') {
  const rows = minutes.toSorted((one, other) => one - other).map((minute, index) => row(index + 1, minute, action));
  const read = { rows: 0 };
  return {
    read,
    audit: {
      read: async ({ after, limit }: { readonly after: number; readonly limit: number }) => {
        const page = rows.slice(after, after + limit);
        read.rows += page.length;
        return page;
      },
    },
  };
}

const at = (minute: number): Date => new Date(start + minute * 60_000);

describe('an object', () => {
  test('is fought over when it was healed five times within the hour, wherever the hour begins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(300), { maxLength: 40 }), async (minutes) => {
        const expected = minutes.filter((minute) => minute > 240).length >= 5;

        expect(await isFoughtOver({ id: 'd-1' }, auditOf(minutes).audit, at(300))).toBe(expected);
        expect(await isFoughtOver({ id: 'd-2' }, auditOf(minutes).audit, at(300))).toBe(false);
      }),
    );
  });

  test('is found in an audit of many years without reading all of it', async () => {
    const years = Array.from({ length: 300_000 }, (_, minute) => minute);
    const { audit, read } = auditOf([...years, ...Array.from({ length: 5 }, () => 300_000)]);

    expect(await isFoughtOver({ id: 'd-1' }, audit, at(300_000))).toBe(true);
    expect(read.rows).toBeLessThan(200);
  });

  test('is found in the real audit', async () => {
    const clock = { now: at(0) };
    const { store, close } = await openSqlite({ path: ':memory:', lock: false, now: () => clock.now, random: () => 0 });
    closing.push(close);
    for (let minute = 0; minute < 100; minute += 10) {
      clock.now = at(minute);
      await store.audit.append(null, { actor: 'fairlead', action: 'drift-healed', subject: 'd-1', data: {} });
    }

    expect(await isFoughtOver({ id: 'd-1' }, store.audit, at(100))).toBe(true);
    expect(await isFoughtOver({ id: 'd-1' }, store.audit, at(140))).toBe(false);
  });
});

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});
