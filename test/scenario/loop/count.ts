import { join } from 'node:path';
import { expect } from '@jest/globals';
import { openSqliteReadOnly } from '../../../src/world/store/sqlite/read-only.ts';
import type { Bot } from './bot.ts';
import type { Clusters } from './clusters.ts';
import { eventually } from './eventually.ts';
import type { Hands } from './forges.ts';

/** What is counted after a story that was interrupted. */
export interface Counts {
  readonly deployComments: number;
  readonly failureComments: number;
  readonly reviewComments: number;
  readonly revertPulls: number;
  readonly boards: number;
  readonly deployments: number;
  readonly deploymentWrites: number;
  readonly configWrites: number;
  readonly auditRows: number;
}

/** Counts what the story left on the forge, in the cluster and in the store. */
export async function count(hands: Hands, clusters: Clusters, bot: Pick<Bot, 'dataDir'>): Promise<Counts> {
  const bodies = hands
    .pulls()
    .flatMap(({ number }) => hands.comments({ kind: 'pull', number }).map(({ body }) => ({ number, body })));
  const keyed = (key: RegExp): number => bodies.filter(({ body }) => key.test(body)).length;
  const writes = clusters.relay.writes().filter(({ method }) => method === 'PATCH');
  const store = await openSqliteReadOnly(join(bot.dataDir, 'fairlead.db'));
  try {
    const { rows, broken } = await store.audit.verify();
    expect(broken).toBeNull();
    const all = await store.deployments.find({ limit: 100 });
    // What was cut off last is taken up again beside the heal, and may end after it.
    await eventually('every intent to be resolved', async () =>
      (await store.outbox.open()).length === 0 ? true : undefined,
    );
    return {
      deployComments: keyed(/key=deploy -->/),
      failureComments: keyed(/key=failure-/),
      reviewComments: keyed(/key=review -->/),
      revertPulls: hands.pulls().filter(({ head }) => head.startsWith('fairlead/revert-')).length,
      boards: hands.issues().length,
      deployments: all.filter(({ state }) => state !== 'superseded').length,
      deploymentWrites: writes.filter(({ path }) => path.endsWith('/deployments/checkout')).length,
      configWrites: writes.filter(({ path }) => path.endsWith('/configmaps/checkout')).length,
      auditRows: rows,
    };
  } finally {
    await store.close();
  }
}
