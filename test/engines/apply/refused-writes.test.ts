import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type BorderCode, BorderError } from '../../../src/model/error.ts';
import type { Cluster } from '../../../src/world/cluster/cluster.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { identities } from '../../control-plane/identities.ts';
import { carryOut, createCarrier, map, openTestCluster, outcomeOf, workOf } from './carrier.ts';

let plane: ControlPlane;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  plane = await useControlPlane();
  cluster = await openTestCluster(plane.kubeconfig, plane.context);
}, 120_000);

beforeEach(async () => {
  namespace = await plane.namespace();
});

afterAll(() => cluster?.close());

describe('a write the server does not take at once', () => {
  test('is made without a dry-run when a webhook cannot be asked for one', async () => {
    const carrier = failing(/^dry-run/, 'invalid', 'cluster-webhook-no-dry-run');

    const step = await outcomeOf(carrier, workOf([map(namespace, 'a')]));
    const again = await outcomeOf(carrier, workOf([map(namespace, 'a')]));

    expect(step).toMatchObject({ kind: 'applied', counts: { applied: 1 } });
    expect(again).toMatchObject({ kind: 'applied', counts: { applied: 0, unchanged: 1 } });
  });

  test('is tried again when somebody else was faster, without counting as a takeover', async () => {
    const carrier = failing(/^apply/, 'conflict', 'cluster-conflict', 1);

    const steps = await carryOut(carrier, workOf([map(namespace, 'a')]));

    expect(steps).toContainEqual(
      expect.objectContaining({ kind: 'again', note: expect.stringContaining('changed by somebody else') }),
    );
    expect(steps.at(-1)).toMatchObject({ kind: 'applied', counts: { applied: 1 } });
  });

  test.each<[BorderCode]>([['unavailable'], ['limited'], ['unauthorized']])(
    'is left to the caller when the cluster is %s: that is no failure of the commit',
    async (kind) => {
      const carrier = failing(/^dry-run/, kind, 'test');

      await expect(carryOut(carrier, workOf([map(namespace, 'a')]))).rejects.toMatchObject({ kind });
    },
  );

  test('keeps no other write out of the record', async () => {
    const carrier = failing(/^apply ConfigMap b$/, 'unavailable', 'test');

    await expect(carryOut(carrier, workOf([map(namespace, 'a'), map(namespace, 'b')]))).rejects.toThrow('refused.');

    expect(carrier.audited).toEqual([['object-applied', 'D-1', `/ConfigMap/${namespace}/a`]]);
  });

  test('is refused when it would give away rights that Fairlead has not got', async () => {
    const planner = await openTestCluster(plane.kubeconfig, identities.planner.context);
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'deleter', namespace },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['delete'] }],
    };

    const step = await outcomeOf(createCarrier({ cluster: planner, inventoryNamespace: namespace }), workOf([role]));

    await planner.close();
    expect(step).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/Role .*\/deleter: .*not currently held/),
    });
  });
});

/** A carrier whose matching calls are refused, so many times (always when not told). */
function failing(calls: RegExp, kind: BorderCode, code: string, times = Number.POSITIVE_INFINITY) {
  let left = times;
  return createCarrier({
    cluster,
    inventoryNamespace: namespace,
    before: (line) => {
      if (!calls.test(line) || left === 0) return;
      left -= 1;
      throw new BorderError({ kind, code, status: 0, message: 'refused.', subject: 'c', remedy: 'none' });
    },
  });
}
