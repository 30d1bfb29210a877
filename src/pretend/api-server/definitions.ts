import { parseJson, stringifyJson } from '../../formats/json.ts';
import { isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Api } from './api.ts';
import { definitionKind } from './registry.ts';
import { groupOf } from './write-options.ts';

/**
 * Says in a new CustomResourceDefinition's status that it is served, as the server's own controller does. Its kind is
 * served from the moment it is in the store.
 */
export async function establish(api: Pick<Api, 'merge' | 'store'>, definition: JsonObject): Promise<void> {
  const name = pickText(definition, 'metadata', 'name') ?? '';
  const since = pick(definition, 'metadata', 'creationTimestamp') ?? null;
  const status: JsonObject = {
    ...(isJsonObject(definition.status) ? definition.status : {}),
    acceptedNames: pick(definition, 'spec', 'names') ?? null,
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found', since),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', since),
    ],
  };
  const outcome = await api.merge.write(
    {
      ...groupOf(definitionKind),
      name,
      subresource: 'status',
      verb: 'update',
      manager: 'kube-apiserver',
      validation: 'Ignore',
    },
    { body: stringifyJson({ ...definition, status }), live: stringifyJson(definition) },
  );
  if ('status' in outcome)
    throw new Error(`the definition ${name} could not be established: ${outcome.status.message}`);
  const object = parseJson(outcome.object);
  if (isJsonObject(object)) api.store.put(definitionKind, object);
}

function condition(type: string, reason: string, message: string, since: Json): JsonObject {
  return { type, status: 'True', lastTransitionTime: since, reason, message };
}
