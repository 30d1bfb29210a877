import { BorderError } from '../../model/error.ts';
import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { formatResource, type ResourceId } from '../../model/resource.ts';
import type { Run } from './run.ts';

/** Says that an object is being deleted and what holds it; null when it is not. */
export function deletionNote(id: ResourceId, live: JsonObject): string | null {
  if (pick(live, 'metadata', 'deletionTimestamp') === undefined) return null;
  const holders = holdersOf(live);
  const held = holders.length === 0 ? '' : `, held by ${holders.join(', ')}`;
  return `${formatResource(id)} is being deleted${held}`;
}

/** Says what holds the namespace that takes no object, because it is being deleted. */
export async function terminatingNote(run: Run, id: ResourceId): Promise<string> {
  const namespace: ResourceId = {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    namespace: null,
    name: id.namespace ?? '',
  };
  const plain = `${formatResource(namespace)} is being deleted`;
  try {
    const live = await run.options.cluster.get(namespace, run.signal);
    return (live === null ? null : deletionNote(namespace, live)) ?? plain;
  } catch (error) {
    // An identity that may not read namespaces still learns from the refusal that this one is going.
    if (error instanceof BorderError && error.kind === 'forbidden') return plain;
    throw error;
  }
}

/** Finalizers, and for a namespace what its controller says of those inside. */
function holdersOf(live: JsonObject): readonly string[] {
  const own = textsOf(pick(live, 'metadata', 'finalizers'));
  const conditions = pick(live, 'status', 'conditions');
  const remaining = (isJsonList(conditions) ? conditions : [])
    .filter((one) => pickText(one, 'type')?.endsWith('Remaining') && pickText(one, 'status') === 'True')
    .flatMap((one) => pickText(one, 'message') ?? []);
  const spec = remaining.length > 0 ? [] : textsOf(pick(live, 'spec', 'finalizers')).map((name) => `finalizer ${name}`);
  return [...own.map((name) => `finalizer ${name}`), ...remaining, ...spec];
}

function textsOf(value: Json | undefined): readonly string[] {
  return isJsonList(value) ? value.filter((one) => typeof one === 'string') : [];
}
