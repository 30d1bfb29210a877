import type { DeclaredApplication } from '../../model/declared.ts';
import { type JsonObject, pickObject } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';

const trackingId = 'argocd.argoproj.io/tracking-id';
const installationId = 'argocd.argoproj.io/installation-id';
const instance = 'app.kubernetes.io/instance';

/**
 * An object of Argo CD's answer without its tracking, which is no part of what the application renders. By the label alone it tracks
 * where there is no annotation of it.
 */
export function withoutTracking(object: JsonObject, { name, namespace }: DeclaredApplication): JsonObject {
  const metadata = pickObject(object, 'metadata');
  const [annotations, labels] = [pickObject(metadata, 'annotations'), pickObject(metadata, 'labels')];
  const names = [name, `${namespace}_${name}`];
  const isLabelled = annotations[trackingId] === undefined && names.some((one) => labels[instance] === one);
  const kept = {
    annotations: without(annotations, [trackingId, installationId]),
    labels: isLabelled ? without(labels, [instance]) : labels,
  };
  const { annotations: _, labels: __, ...rest } = metadata;
  const filled = Object.entries(kept).filter(([, value]) => Object.keys(value).length > 0);
  return { ...object, metadata: { ...rest, ...Object.fromEntries(filled) } };
}

/** A Secret with the values that Argo CD masked marked as hidden. */
export function hiddenValues(resource: Resource): Resource {
  if (resource.id.kind !== 'Secret' || resource.id.group !== '') return resource;
  const { object } = resource;
  const hidden = [
    ...masked(pickObject(object, 'data'), ['data']),
    ...masked(pickObject(object, 'stringData'), ['stringData']),
    ...masked(pickObject(pickObject(object, 'metadata'), 'annotations'), ['metadata', 'annotations']),
  ];
  return hidden.length === 0 ? resource : { ...resource, hidden };
}

function masked(values: JsonObject, path: readonly string[]): readonly string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    return typeof value === 'string' && /^\+{4,}$/.test(value) ? [formatPointer([...path, key])] : [];
  });
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
