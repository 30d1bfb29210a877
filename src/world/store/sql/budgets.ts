import { type BudgetState, fullBudget, takeBudget } from '../../../model/budget.ts';
import { FairleadError } from '../../../model/error.ts';
import type { Budgets } from '../store.ts';
import type { Access } from './access.ts';
import { fromColumn, toColumn } from './json-column.ts';

/** Tries in a row against others that write at once. */
const mostTries = 50;

/** Budgets shared by replicas: a row is only replaced by whoever read its newest version. */
export function createBudgets(access: Access, now: () => Date): Budgets {
  return {
    take: async (key, ask) => {
      for (let attempt = 0; attempt < mostTries; attempt += 1) {
        const row = await read(access, key);
        const taken = takeBudget(row.state, ask, now().getTime());
        const document = toColumn(taken.state);
        // A mere look writes nothing.
        if (document === row.document || (await replace(access, { key, version: row.version, document })))
          return taken.grant;
      }
      throw contended(key);
    },
  };
}

interface Row {
  readonly version: number;
  readonly document: string;
  readonly state: BudgetState;
}

async function read(access: Access, key: string): Promise<Row> {
  const row = await access.read((db) =>
    db.selectFrom('budgets').select(['version', 'document']).where('key', '=', key).executeTakeFirst(),
  );
  if (row === undefined) return { version: 0, document: toColumn(fullBudget), state: fullBudget };
  return { ...row, state: fromColumn(row.document) };
}

/** Whether the row was still of this version; 0: not there. */
function replace(
  access: Access,
  { key, version, document }: { readonly key: string; readonly version: number; readonly document: string },
): Promise<boolean> {
  const next = { version: version + 1, document };
  return access.writeOne(null, async (db) => {
    if (version === 0) {
      const fresh = db.insertInto('budgets').values({ key, ...next });
      const { numInsertedOrUpdatedRows } = await fresh
        .onConflict((conflict) => conflict.column('key').doNothing())
        .executeTakeFirst();
      return (numInsertedOrUpdatedRows ?? 0n) > 0n;
    }
    const update = db.updateTable('budgets').set(next).where('key', '=', key).where('version', '=', version);
    return (await update.executeTakeFirst()).numUpdatedRows > 0n;
  });
}

function contended(key: string): FairleadError {
  return new FairleadError({
    code: 'store-failed',
    subject: key,
    message: `the rate limit of ${key} could not be shared: others wrote at once ${mostTries} times`,
    remedy: 'Try again; report it when it happens each time.',
  });
}
