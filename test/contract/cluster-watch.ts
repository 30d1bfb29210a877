import { describe, expect, test } from '@jest/globals';
import { pickText } from '../../src/model/json.ts';
import type { WatchEvent, WatchOptions } from '../../src/world/cluster/cluster.ts';
import type { ClusterOf } from './cluster.ts';
import { apply, configMap, fromStart, idOf, newNamespace, signal, types } from './cluster-fixtures.ts';

/** watch. */
export function clusterWatchContract(clusterOf: ClusterOf): void {
  describe('watch', () => {
    test('sends what is there, says that this was all, then every change', async () => {
      const namespace = await newNamespace(clusterOf());
      const write = (data: string): Promise<unknown> =>
        clusterOf().write(configMap(namespace, 'two', { data }), apply, signal);
      await clusterOf().write(configMap(namespace, 'one', {}), apply, signal);

      const remove = { uid: null, resourceVersion: null, dryRun: false, as: null };
      const next: Record<string, () => Promise<unknown>> = {
        synced: () => write('1'),
        'added two': () => write('2'),
        'modified two': () => clusterOf().remove(idOf(types.configMap, namespace, 'one'), remove, signal),
      };

      const seen = await watchUntil(clusterOf, { ...fromStart, namespace }, async (event) => {
        await next[describeEvent(event)]?.();
        return event.kind === 'deleted';
      });

      expect(seen).toEqual(['added one', 'synced', 'added two', 'modified two', 'deleted one']);
    });

    test('goes on from a resourceVersion without sending what was before', async () => {
      const namespace = await newNamespace(clusterOf());
      const { object } = await clusterOf().write(configMap(namespace, 'one', {}), apply, signal);
      const resourceVersion = pickText(object, 'metadata', 'resourceVersion') ?? '';
      await clusterOf().write(configMap(namespace, 'two', {}), apply, signal);

      const options = { ...fromStart, namespace, resourceVersion };
      const seen = await watchUntil(clusterOf, options, async (event) => event.kind === 'added');

      expect(seen).toEqual(['added two']);
    });

    test('selects by label', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(configMap(namespace, 'one', {}, { tier: 'front' }), apply, signal);
      await clusterOf().write(configMap(namespace, 'two', {}, { tier: 'back' }), apply, signal);

      const options = { ...fromStart, namespace, labelSelector: 'tier=back' };
      const seen = await watchUntil(clusterOf, options, async (event) => event.kind === 'bookmark');

      expect(seen).toEqual(['added two', 'synced']);
    });

    test('sends metadata alone under the real type', async () => {
      const namespace = await newNamespace(clusterOf());
      await clusterOf().write(configMap(namespace, 'one', { key: 'value' }), apply, signal);
      const objects: unknown[] = [];

      await watchUntil(clusterOf, { ...fromStart, namespace, metadataOnly: true }, async (event) => {
        if (event.kind === 'added') objects.push(event.object);
        return event.kind === 'bookmark';
      });

      expect(objects).toEqual([
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: expect.objectContaining({ name: 'one', namespace }) },
      ]);
    });

    test('ends when the signal fires', async () => {
      const namespace = await newNamespace(clusterOf());
      const stop = new AbortController();

      const kinds: string[] = [];
      for await (const event of clusterOf().watch(types.configMap, { ...fromStart, namespace }, stop.signal)) {
        kinds.push(event.kind);
        stop.abort();
      }

      expect(kinds).toEqual(['bookmark']);
    });

    test('of a type that is not served is not found', async () => {
      const type = { group: 'absent.example.com', version: 'v1', kind: 'Absent' };
      const watched = clusterOf().watch(type, fromStart, signal)[Symbol.asyncIterator]().next();

      await expect(watched).rejects.toMatchObject({ kind: 'not-found', code: 'kind-not-served' });
    });
  });
}

/** What was seen until `isLast` said so, as `KIND NAME`; bookmarks that carry no news are left out. */
async function watchUntil(
  clusterOf: ClusterOf,
  options: WatchOptions,
  isLast: (event: WatchEvent) => Promise<boolean>,
): Promise<readonly string[]> {
  const seen: string[] = [];
  const stop = AbortSignal.timeout(30_000);
  for await (const event of clusterOf().watch(types.configMap, options, stop)) {
    const described = describeEvent(event);
    if (described !== '') seen.push(described);
    if (await isLast(event)) return seen;
  }
  throw new Error(`the watch ended after ${seen.join(', ')}`);
}

function describeEvent(event: WatchEvent): string {
  if (event.kind === 'bookmark') return event.synced ? 'synced' : '';
  return `${event.kind} ${pickText(event.object, 'metadata', 'name')}`;
}
