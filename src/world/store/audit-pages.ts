import type { AuditRow } from '../../model/audit.ts';
import type { Store } from './store.ts';

/** Rows read at once. */
const pageSize = 1_000;

/** The rows after a sequence, oldest first, page by page. */
export async function* auditPages(store: Pick<Store, 'audit'>, from = 0): AsyncGenerator<readonly AuditRow[]> {
  let after = from;
  for (;;) {
    const rows = await store.audit.read({ after, limit: pageSize });
    const last = rows.at(-1);
    if (last !== undefined) yield rows;
    if (last === undefined || rows.length < pageSize) return;
    after = last.sequence;
  }
}
