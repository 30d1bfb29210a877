import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';

/** The annotation in which client-side apply keeps a whole copy of the object, Secret values included. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Annotations in which tools keep a copy of a Secret they applied: kapp, Rancher's fleet, and a library of several operators. */
const otherCopies = ['kapp.k14s.io/original', 'objectset.rio.cattle.io/applied', 'banzaicloud.com/last-applied'];

/** Every annotation that may hold a copy of the object: of other kinds only kubectl's. */
export function copiesOf(object: JsonObject): readonly string[] {
  return isSecret(object) ? [lastApplied, ...otherCopies] : [lastApplied];
}

/**
 * Whether the object is a Secret, or means to be one: `secret` is refused by the server, and holds its values in clear all the same.
 * Any group counts: hiding too much of a kind that shares the name harms nobody.
 */
export function isSecret(object: JsonObject): boolean {
  const kind = object['kind'];
  return typeof kind === 'string' && /^secrets?$/i.test(kind.trim());
}

/** The objects of a List, or none. The items of a typed list carry no kind of their own and get it from the list's. */
export function listItems(object: JsonObject): readonly JsonObject[] | null {
  const kind = pickText(object, 'kind');
  const items = pick(object, 'items');
  if (kind === undefined || !/list$/i.test(kind) || !isJsonList(items)) return null;
  const itemKind = kind.slice(0, -'List'.length);
  return items.filter(isJsonObject).map((item) => {
    const isTyped = item['kind'] !== undefined || itemKind === '';
    return isTyped ? item : { ...item, kind: itemKind };
  });
}

/**
 * Every clear value of a Secret: of `data` (decoded, bytes where they are no text), of `stringData`, and of the copies of it in its
 * annotations.
 */
export function secretValues(object: JsonObject): readonly (string | Uint8Array)[] {
  const items = listItems(object);
  if (items !== null) return items.flatMap(secretValues);
  if (!isSecret(object)) return [];
  const [data, stringData] = ['data', 'stringData'].map((key) => withoutNames(object, object[key]));
  return [...texts(data).flatMap(clearTexts), ...texts(stringData), ...appliedValues(object)];
}

/** What a cluster Secret of Argo CD says everybody may see: reviews name its cluster and address. */
function withoutNames(object: JsonObject, values: Json | undefined): Json | undefined {
  const type = pickText(object, 'metadata', 'labels', 'argocd.argoproj.io/secret-type');
  if (type !== 'cluster' || !isJsonObject(values)) return values;
  const { name: _name, server: _server, project: _project, ...secret } = values;
  return secret;
}

/** The bytes a value of `data` stands for, or null when it is no base64 as the API server reads it. */
export function decodeBase64(text: string): Buffer | null {
  const plain = text.replaceAll(/[\r\n]/g, '');
  const isBase64 = plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
  return isBase64 ? Buffer.from(plain, 'base64') : null;
}

/** The decoded text; where it is binary, no base64, or base64 in another spelling, also the text as written. */
function clearTexts(written: string): readonly (string | Uint8Array)[] {
  const bytes = decodeBase64(written);
  if (bytes === null) return [written];
  const text = bytes.toString('utf8');
  if (!Buffer.from(text).equals(bytes)) return [written, bytes];
  return bytes.toString('base64') === written ? [text] : [text, written];
}

function appliedValues(object: JsonObject): readonly (string | Uint8Array)[] {
  return copiesOf(object).flatMap((name) => {
    const applied = pickText(object, 'metadata', 'annotations', name);
    if (applied === undefined) return [];
    const copy = parse(applied);
    return isJsonObject(copy) ? secretValues({ ...copy, kind: 'Secret' }) : [applied];
  });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null; // broken JSON: the caller takes the text as one value
  }
}

function texts(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isJsonObject(value)) return Object.values(value).flatMap(texts);
  return isJsonList(value) ? value.flatMap(texts) : scalar(value);
}

function scalar(value: Json | undefined): readonly string[] {
  return typeof value === 'number' || typeof value === 'bigint' ? [String(value)] : [];
}
