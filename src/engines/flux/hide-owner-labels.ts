import type { JsonObject } from '../../model/json.ts';
import type { Cluster } from '../../world/cluster/cluster.ts';
import { hideMarks, type Marks } from '../hide-marks.ts';

/** Labels with which Flux marks what it applies; no file in Git has them. */
const ownerLabels: Marks = { place: 'labels', keys: /^(?:kustomize|helm)\.toolkit\.fluxcd\.io\/(?:name|namespace)$/ };

/** The cluster as it looks to Git: without the labels that Flux adds when it applies. `hidden` is told what each object was made of. */
export function hideOwnerLabels(cluster: Cluster, hidden: WeakMap<JsonObject, JsonObject> = new WeakMap()): Cluster {
  return hideMarks(cluster, ownerLabels, hidden);
}
