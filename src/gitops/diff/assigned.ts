import { covers, type FieldSet } from '../../formats/field-sets.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pickText } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import { own, sameJson } from './equality.ts';
import { findItem, segmentOf } from './list-items.ts';

/** Shown for a value that the cluster picks when the change is really made. */
export const ASSIGNED = '(assigned by the cluster)';

/** What the comparison of a predicted object may lean on. */
export interface Grounds {
  readonly live: JsonObject;
  /** What we own of the predicted object, that is, what Git says; null when nothing. */
  readonly owned: FieldSet | null;
}

const pickedFields = ['healthCheckNodePort', 'clusterIP', 'clusterIPs'];
const portKeys = ['port', 'protocol'];

/**
 * A predicted Service in which ports and addresses that a dry-run makes up (out of range, so that nothing is really
 * allocated) are replaced by {@link ASSIGNED}: those the live object does not have and Git does not name.
 */
export function settleAssigned(predicted: JsonObject, { live, owned }: Grounds): JsonObject {
  if (own(predicted, 'apiVersion') !== 'v1' || pickText(predicted, 'kind') !== 'Service') return predicted;
  const [spec, liveSpec] = [asObject(own(predicted, 'spec')), asObject(own(live, 'spec'))];
  const isNamed = (path: Path): boolean => owned !== null && covers(owned, path);
  const settled: Record<string, Json> = { ...spec };
  for (const field of pickedFields) {
    if (isPicked(own(spec, field), own(liveSpec, field)) && !isNamed(['spec', field])) settled[field] = ASSIGNED;
  }
  const ports = own(spec, 'ports');
  if (isJsonList(ports)) settled['ports'] = settlePorts(ports, asList(own(liveSpec, 'ports')), isNamed);
  return { ...predicted, spec: settled };
}

function settlePorts(ports: readonly Json[], live: readonly Json[], isNamed: (path: Path) => boolean): readonly Json[] {
  return ports.map((port, index) => {
    if (!isJsonObject(port)) return port;
    const segment = segmentOf(ports, index, portKeys);
    const before = asObject(live[findItem(live, segment)] ?? null);
    const picked = isPicked(own(port, 'nodePort'), own(before, 'nodePort'));
    return picked && !isNamed(['spec', 'ports', segment, 'nodePort']) ? { ...port, nodePort: ASSIGNED } : port;
  });
}

/** Headless is a choice, not an address. */
function isPicked(value: Json, live: Json): boolean {
  const isChoice = value === null || value === 'None' || sameJson(value, ['None']);
  return !isChoice && !sameJson(value, live);
}

function asObject(value: Json): JsonObject {
  return isJsonObject(value) ? value : {};
}

function asList(value: Json): readonly Json[] {
  return isJsonList(value) ? value : [];
}
