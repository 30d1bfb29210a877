import { randomPaths } from '../../gitops/diff/compare-git.ts';
import { noSchema } from '../../gitops/diff/compare-paths.ts';
import { omitPaths, valueAt } from '../../gitops/diff/values.ts';
import type { JsonObject } from '../../model/json.ts';
import { formatPath } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import type { Halt } from './judge-refusal.ts';
import type { Pair } from './pair-resources.ts';

/**
 * What is sent for an object of which some values come out differently on every render. Rendering is seeded, so such a value
 * could be worked out by anybody: in a Secret it is never written. What the live Secret holds there stays; a Secret that holds
 * nothing there yet is refused.
 */
export function withoutRandom(
  pair: Pair,
  live: JsonObject | null,
): { readonly kind: 'object'; readonly object: JsonObject } | Extract<Halt, { kind: 'refused' }> {
  const { resource, object } = pair.head ?? { resource: null, object: {} };
  if (resource === null || resource.id.kind !== 'Secret' || resource.random.length === 0)
    return { kind: 'object', object };
  const paths = randomPaths(resource, noSchema);
  const missing = paths.filter((path) => live === null || valueAt(live, path) === null);
  if (missing.length === 0) return { kind: 'object', object: omitPaths(object, paths) };
  const fields = missing.map(formatPath).join(', ');
  return {
    kind: 'refused',
    reason: `${formatResource(pair.id)}: ${fields} is made up on every render, and a made-up value is no secret. Set it in the values, or create the Secret outside this application.`,
    takeovers: [],
  };
}
