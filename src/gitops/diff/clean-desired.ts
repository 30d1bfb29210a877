import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { own } from './equality.ts';

/** Fields of `metadata` that only the server writes. */
export const refusedMetadata: ReadonlySet<string> = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/**
 * The object that is sent to the API server for what Git holds, itself where it is that already: without nulls, status (except a CustomResourceDefinition's)
 * and metadata only the server may write, a Secret's `stringData` moved to `data`, and the default protocol of ports
 * written out, because server-side apply needs it as a merge key (structured-merge-diff#130).
 */
export function cleanDesired(object: JsonObject): JsonObject {
  const kind = pickText(object, 'kind') ?? '';
  const secret = kind === 'Secret' && own(object, 'apiVersion') === 'v1' ? withoutStringData(object) : object;
  const full = hasNull(secret) ? withoutNulls(secret) : secret;
  const plain = kind === 'CustomResourceDefinition' ? full : without(full, new Set(['status']));
  const cleaned = changeAt(plain, ['metadata'], (metadata) => without(metadata, refusedMetadata));
  return withProtocols(cleaned, kind);
}

function withoutStringData(object: JsonObject): JsonObject {
  const { stringData: _, ...rest } = object;
  const data = { ...texts(own(object, 'data'), (text) => text), ...texts(own(object, 'stringData'), encode) };
  return Object.keys(data).length === 0 ? rest : { ...rest, data };
}

/** A key without a value is an empty value (kubernetes#108008). */
function texts(value: Json, change: (text: string) => string): JsonObject {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [
      key,
      text === null ? '' : typeof text === 'string' ? change(text) : text,
    ]),
  );
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function hasNull(value: Json): boolean {
  if (isJsonList(value)) return value.some(hasNull);
  return isJsonObject(value) ? Object.values(value).some(hasNull) : value === null;
}

function withoutNulls(object: JsonObject): JsonObject {
  const kept: [string, Json][] = [];
  for (const [key, value] of Object.entries(object)) if (value !== null) kept.push([key, stripNulls(value)]);
  return Object.fromEntries(kept);
}

function stripNulls(value: Json): Json {
  if (isJsonList(value)) return value.map(stripNulls);
  return isJsonObject(value) ? withoutNulls(value) : value;
}

function without(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  if (!Object.keys(object).some((key) => keys.has(key))) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}

/** Where each built-in kind keeps its pod spec. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

const builtIn: ReadonlySet<string> = new Set(['v1', 'apps/v1', 'batch/v1']);

function withProtocols(object: JsonObject, kind: string): JsonObject {
  if (!builtIn.has(pickText(object, 'apiVersion') ?? '')) return object;
  if (kind === 'Service') return changeAt(object, ['spec'], (spec) => changePorts(spec, 'port'));
  const path = Object.hasOwn(podSpecs, kind) ? podSpecs[kind] : undefined;
  return path === undefined ? object : changeAt(object, path, withContainerProtocols);
}

function withContainerProtocols(spec: JsonObject): JsonObject {
  let changed = spec;
  for (const list of ['containers', 'initContainers']) {
    const containers = own(spec, list);
    if (!isJsonList(containers)) continue;
    const filled = containers.map((item) => (isJsonObject(item) ? changePorts(item, 'containerPort') : item));
    if (filled.some((item, index) => item !== containers[index])) changed = { ...changed, [list]: filled };
  }
  return changed;
}

function changePorts(holder: JsonObject, number: string): JsonObject {
  const ports = own(holder, 'ports');
  if (!isJsonList(ports)) return holder;
  const filled = ports.map((port) => withProtocol(port, number));
  return filled.some((port, index) => port !== ports[index]) ? { ...holder, ports: filled } : holder;
}

function withProtocol(port: Json, number: string): Json {
  if (!isJsonObject(port) || own(port, number) === null || own(port, 'protocol') !== null) return port;
  return { ...port, protocol: 'TCP' };
}

function changeAt(object: JsonObject, path: readonly string[], change: (value: JsonObject) => JsonObject): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return change(object);
  const child = pick(object, key);
  if (!isJsonObject(child)) return object;
  const changed = changeAt(child, rest, change);
  return changed === child ? object : { ...object, [key]: changed };
}
