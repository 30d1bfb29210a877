import { isSops } from '../../formats/flux/sops.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { LookedUp, Lookup } from './flux-variables.ts';

/** Looks among resources first, the last of a name first, then elsewhere. What SOPS encrypted is there, and not to be read. */
export function lookupAmong(resources: readonly Resource[], elsewhere: Lookup): Lookup {
  return async (kind, namespace, name) => {
    const found = resources.findLast(
      ({ id }) => id.group === '' && id.kind === kind && (id.namespace ?? '') === namespace && id.name === name,
    );
    return found === undefined ? elsewhere(kind, namespace, name) : valuesOf(found.object);
  };
}

function valuesOf(object: JsonObject): LookedUp {
  const [data, stringData] = [object['data'], object['stringData']].map((field) => (isJsonObject(field) ? field : {}));
  const all = { ...data, ...stringData };
  if (isSops(object)) return { kind: 'secret', keys: Object.keys(all) };
  const isSecret = object['kind'] === 'Secret';
  const values = Object.entries(all).map(([key, value]) => {
    const isEncoded = isSecret && !Object.hasOwn(stringData ?? {}, key);
    return [key, isEncoded ? Buffer.from(String(value), 'base64').toString('utf8') : String(value)];
  });
  return { kind: 'values', values: Object.fromEntries(values) };
}
