import { describe, expect, test } from '@jest/globals';
import { connect } from '../../src/features/review/places.ts';
import { parseClusterMap } from '../../src/model/cluster-map.ts';
import { onlyTold } from '../../src/server/told-clusters.ts';

const { signal } = new AbortController();
const opened: string[] = [];
const openCluster = async (context: string): Promise<never> => {
  opened.push(context);
  throw new Error('opened');
};

describe('a server', () => {
  const guarded = onlyTold(openCluster, parseClusterMap(['prod=prod-eu', 'staging=staging']));

  test('opens the clusters it was told of', async () => {
    await expect(guarded('prod-eu')).rejects.toThrow('opened');

    expect(opened).toEqual(['prod-eu']);
  });

  test('opens no other, whatever the kubeconfig holds, and says which it knows', async () => {
    await expect(guarded('prod')).rejects.toMatchObject({
      code: 'unknown-cluster',
      kind: 'not-found',
      message: expect.stringContaining('prod'),
      remedy: expect.stringContaining('prod-eu, staging'),
    });
  });

  test('reviews a target of a cluster it does not know as one that was not read', async () => {
    const map = parseClusterMap(['prod=prod']);

    const places = await connect(map, { openCluster: guarded, progress: () => undefined }, signal);

    expect([...places.values()]).toEqual([
      { context: 'prod', read: null, error: expect.stringMatching(/prod was not read: .*told of no cluster prod/) },
    ]);
  });
});
