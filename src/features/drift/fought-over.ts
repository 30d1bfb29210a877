import type { AuditRow } from '../../model/audit.ts';
import type { Drift } from '../../model/drift.ts';
import type { Audit } from '../../world/store/store.ts';

/** An object that was put back so often within an hour is fought over: a person must look. */
const mostHealsPerHour = 5;

/** Most pages of 1,000 rows that are read of the last hour. */
const mostPages = 100;

/** Whether the same object was put back so often lately that somebody must be putting it away again. */
export async function isFoughtOver(row: Pick<Drift, 'id'>, audit: Pick<Audit, 'read'>, now: Date): Promise<boolean> {
  const since = new Date(now.getTime() - 3_600_000).toISOString();
  let after = await rowsUntil(audit, since);
  let heals = 0;
  for (let pages = 0; pages < mostPages && heals < mostHealsPerHour; pages += 1) {
    const rows = await audit.read({ after, limit: 1_000 });
    heals += rows.filter((one) => one.action === 'drift-healed' && one.subject === row.id && one.at > since).length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < 1_000) break;
    after = last.sequence;
  }
  return heals >= mostHealsPerHour;
}

/** How many rows were written up to a time: found by halving, for the audit grows for ever and is in the order of time. */
async function rowsUntil(audit: Pick<Audit, 'read'>, since: string): Promise<number> {
  const isOld = async (sequence: number): Promise<boolean> => {
    const [row]: readonly (AuditRow | undefined)[] = await audit.read({ after: sequence - 1, limit: 1 });
    return row !== undefined && row.at <= since;
  };
  let [old, young] = [0, 1];
  while (await isOld(young)) [old, young] = [young, young * 2];
  while (young - old > 1) {
    const middle = Math.floor((old + young) / 2);
    if (await isOld(middle)) old = middle;
    else young = middle;
  }
  return old;
}
