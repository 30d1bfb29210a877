import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../src/formats/json.ts';
import type { AuditEntry } from '../../src/model/audit.ts';
import type { StageOf, StoreStage } from './store-fixtures.ts';

const entry = (action: string): AuditEntry => ({
  actor: 'mona',
  action,
  subject: 'D-17',
  data: { n: 9_007_199_254_740_993n },
});

export function describeAudit(stage: StageOf): void {
  describe('the audit', () => {
    test('counts without gaps and holds the hash of the row before in each row', async () => {
      const { store, clock } = stage();

      const one = await store.audit.append(null, entry('one'));
      const two = await store.transaction((tx) => store.audit.append(tx, entry('two')));

      const { previous, hash, ...row } = two;
      expect(row).toEqual({ ...entry('two'), sequence: one.sequence + 1, at: clock.now().toISOString() });
      expect(previous).toBe(one.hash);
      const text = canonicalJson({ ...row });
      expect(hash).toBe(createHash('sha256').update(`${previous}\n${text}`).digest('hex'));
      expect(await store.audit.read({ after: one.sequence - 1, limit: 10 })).toEqual([one, two]);
    });

    test('has no gap where a transaction was rolled back, nor where many append at once', async () => {
      const { store } = stage();
      const first = await store.audit.append(null, entry('first'));
      const failing = store.transaction(async (tx) => {
        await store.audit.append(tx, entry('never'));
        throw new Error('rolled back');
      });
      await expect(failing).rejects.toThrow('rolled back');

      await Promise.all(Array.from({ length: 20 }, (_, n) => store.audit.append(null, entry(`many-${n}`))));

      const rows = await store.audit.read({ after: first.sequence, limit: 100 });
      expect(rows.map(({ sequence }) => sequence - first.sequence)).toEqual(
        Array.from({ length: 20 }, (_, n) => n + 1),
      );
      expect(await store.audit.verify()).toEqual({ rows: first.sequence + 20, broken: null });
    });

    test('is read in pages', async () => {
      const { store } = stage();
      const first = await store.audit.append(null, entry('first'));
      for (const action of ['a', 'b', 'c']) await store.audit.append(null, entry(action));

      const page = await store.audit.read({ after: first.sequence, limit: 2 });
      const next = await store.audit.read({ after: page.at(-1)?.sequence ?? 0, limit: 2 });

      expect([...page, ...next].map(({ action }) => action)).toEqual(['a', 'b', 'c']);
    });
  });
}

/** A fresh store and somebody else's hands on its database. */
export interface TamperStage extends StoreStage {
  /** Runs a statement beside Fairlead. */
  sql(statement: string): Promise<void>;
  /** Takes away what protects the audit. */
  unprotect(): Promise<void>;
}

/** What every store whose database others can reach notices. */
export function describeTampering(name: string, open: () => Promise<TamperStage>): void {
  describe(`${name} as an audit that others reach`, () => {
    let stage: TamperStage;
    beforeEach(async () => {
      stage = await open();
      for (const action of ['one', 'two', 'three', 'four']) await stage.store.audit.append(null, entry(action));
    });
    afterEach(() => stage.close());

    test.each([
      "update audit set actor = 'nobody' where sequence = 2",
      'delete from audit where sequence = 2',
      'delete from audit',
      'update audit_head set hash = hash',
      'delete from audit_head',
    ])('refuses %s', async (statement) => {
      await expect(stage.sql(statement)).rejects.toThrow(/audit/);

      expect(await stage.store.audit.verify()).toEqual({ rows: 4, broken: null });
    });

    test.each([
      ['an edited actor', ["update audit set actor = 'nobody' where sequence = 2"], 2],
      ['edited data', [`update audit set data = '{"n":1}' where sequence = 3`], 3],
      ['data that is no JSON', ["update audit set data = '{' where sequence = 3"], 3],
      ['an edited time', ["update audit set at = '2020-01-01T00:00:00.000Z' where sequence = 1"], 1],
      ['a removed row', ['delete from audit where sequence = 2'], 2],
      ['a removed first row', ['delete from audit where sequence = 1'], 1],
      ['a removed last row', ['delete from audit where sequence = 4'], 4],
      ['an emptied audit', ['delete from audit'], 1],
      ['a removed end', ['delete from audit_head'], 1],
      [
        'rows that changed places',
        [
          'update audit set sequence = -1 where sequence = 2',
          'update audit set sequence = 2 where sequence = 3',
          'update audit set sequence = 3 where sequence = -1',
        ],
        2,
      ],
      [
        'a removed row whose followers moved up',
        [
          'delete from audit where sequence = 2',
          'update audit set sequence = 2 where sequence = 3',
          'update audit set sequence = 3 where sequence = 4',
        ],
        2,
      ],
    ])('notices %s', async (_what, statements, broken) => {
      await stage.unprotect();
      for (const statement of statements) await stage.sql(statement);

      expect(await stage.store.audit.verify()).toMatchObject({ broken });
    });
  });
}
