import type { BesideOptions, BesideStore } from '../opened-store.ts';
import type { Access } from './access.ts';
import { createDeliveries } from './deliveries.ts';
import type { JobTable } from './taken-job.ts';

/** A second way into a store over any database that has the tables. */
export function createBesideStore(
  access: Access,
  jobs: Pick<JobTable, 'add'>,
  { onAdded, keepBehind, close }: Pick<BesideOptions, 'onAdded'> & Pick<BesideStore, 'keepBehind' | 'close'>,
): BesideStore {
  return {
    store: { transaction: (work, how) => access.transaction(work, how), deliveries: createDeliveries(access) },
    queue: {
      add: async (tx, job, options) => {
        await jobs.add(tx, job, options);
        const added = (): void => onAdded(job, options);
        if (tx === null) added();
        else access.afterCommit(tx, added);
      },
    },
    keepBehind,
    close,
  };
}
