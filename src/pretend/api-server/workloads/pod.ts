import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import type { ServedKind } from '../kinds.ts';
import { controllerReference } from './controls.ts';
import { objectAt } from './fields.ts';

/** The one node of a pretend cluster. */
const nodeName = 'pretend-node';

/** What differs among the pods of one template. */
export interface PodIdentity {
  readonly name: string;
  readonly labels?: JsonObject;
  /** More of the spec, such as volumes. */
  readonly spec?: JsonObject;
}

/** A pod as its controller makes it from `spec.template`. */
export function podFrom(owner: JsonObject, kind: ServedKind, { name, labels, spec }: PodIdentity): JsonObject {
  const template = objectAt(owner, 'spec', 'template');
  const { labels: own, annotations } = objectAt(template, 'metadata');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: pick(owner, 'metadata', 'namespace') ?? null,
      labels: { ...objectAt({ own: own ?? null }, 'own'), ...labels },
      ...(annotations !== undefined && { annotations }),
      ownerReferences: [controllerReference(kind, owner)],
    },
    spec: { ...objectAt(template, 'spec'), nodeName, ...spec },
  };
}

/** Whether all its containers have ended for good. */
export function isOver(pod: JsonObject): boolean {
  const phase = pickText(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}
