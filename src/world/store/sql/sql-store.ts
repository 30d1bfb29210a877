import type { Store } from '../store.ts';
import type { Access } from './access.ts';
import { createAudit } from './audit.ts';
import { createBudgets } from './budgets.ts';
import { createDeliveries } from './deliveries.ts';
import { createDeployments } from './deployments.ts';
import { createDrifts } from './drifts.ts';
import { createHeads } from './heads.ts';
import { createInventories } from './inventories.ts';
import { createLeases, type LeaseTime, processTime } from './leases.ts';
import { createOutbox } from './outbox.ts';
import { createPauses } from './pauses.ts';
import { createPlans } from './plans.ts';
import { createPulls } from './pulls.ts';
import { createRepos } from './repos.ts';

/** The store over any database that has the tables. */
export function createSqlStore(
  access: Access,
  options: {
    readonly now: () => Date;
    /** Default: by `now`. */
    readonly leaseTime?: LeaseTime;
    readonly close: () => Promise<void>;
  },
): Store {
  const { now, close, leaseTime = processTime(now) } = options;
  return {
    transaction: (work, how) => access.transaction(work, how),
    deliveries: createDeliveries(access),
    pulls: createPulls(access),
    plans: createPlans(access),
    deployments: createDeployments(access),
    repos: createRepos(access),
    heads: createHeads(access),
    drift: createDrifts(access),
    pauses: createPauses(access),
    inventories: createInventories(access),
    leases: createLeases(access, leaseTime),
    outbox: createOutbox(access, now),
    budgets: createBudgets(access, now),
    audit: createAudit(access, now),
    close,
  };
}
