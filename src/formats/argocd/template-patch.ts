import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/**
 * A generated Application with a set's `templatePatch`: a strategic merge patch, in which for this kind only `finalizers` are
 * merged as a list and every other list is replaced. The project stays. Throws `SyntaxError` for what Argo CD refuses.
 */
export function patchTemplate(application: JsonObject, patch: JsonObject): JsonObject {
  const patched = mergeObject(application, patch, []);
  const spec = patched['spec'];
  const before = application['spec'];
  if (!isJsonObject(spec) || !isJsonObject(before)) return patched;
  const { project: _, ...others } = spec;
  const project = before['project'];
  return { ...patched, spec: project === undefined ? others : { ...others, project } };
}

function mergeObject(target: JsonObject, patch: JsonObject, path: readonly string[]): JsonObject {
  const directive = patch['$patch'];
  if (directive === 'delete') return {};
  if (directive === 'replace') return withoutDirectives(patch);
  const unknown = Object.keys(patch).find((key) => key.startsWith('$'));
  if (unknown !== undefined) throw new SyntaxError(`the directive ${unknown} is not supported here`);
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergeValue(merged.get(key), value, [...path, key]));
  }
  return Object.fromEntries(merged);
}

function mergeValue(before: Json | undefined, value: Json, path: readonly string[]): Json {
  if (before === undefined) return withoutNulls(value);
  const areObjects = isJsonObject(before) && isJsonObject(value);
  const areLists = isJsonList(before) && isJsonList(value);
  // Values of Helm are bytes to Go's patch library, which finds no fields in them.
  if (path.slice(0, -1).includes('valuesObject') && (areObjects || areLists)) {
    const field = JSON.stringify(path.at(-1) ?? '');
    throw new SyntaxError(`unable to find api field in struct RawExtension for the json field ${field}`);
  }
  if (areObjects) return mergeObject(before, value, path);
  if (areLists && path.join('/') === 'metadata/finalizers') return mergeOrdered(before, value);
  return value;
}

/** Both lists as one set: in the patch's order, and what only stands before by its place there. */
function mergeOrdered(before: readonly Json[], patch: readonly Json[]): readonly Json[] {
  const left = [...new Set(patch)];
  const right = before.filter((item) => !patch.includes(item));
  const merged = left.flatMap((item) => {
    const at = before.indexOf(item);
    const first = right.filter((other) => at !== -1 && before.indexOf(other) < at);
    right.splice(0, first.length);
    return [...first, item];
  });
  return [...merged, ...right];
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([key]) => !key.startsWith('$')));
}

/** Nulls of a patch that meet nothing are dropped. */
function withoutNulls(value: Json): Json {
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([key, item]) => item !== null && key !== '$patch');
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNulls(item)]));
}
