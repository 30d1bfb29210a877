import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { HIDDEN_TAG } from '../../model/redacted.ts';
import { copiesOf, decodeBase64, isSecret, listItems } from './secret-values.ts';

type Tag = (value: Uint8Array) => string;

/** The object with secret values replaced by tags. Names, labels, key names and managedFields stay: they hold no values. */
export function maskObject(object: JsonObject, tag: Tag): JsonObject {
  const items = listItems(object);
  if (items !== null) return { ...object, items: items.map((item) => maskObject(item, tag)) };
  const shown = maskApplied(object, tag);
  return isSecret(shown) ? maskSecret(shown, tag) : shown;
}

function maskSecret(secret: JsonObject, tag: Tag): JsonObject {
  const fields: Record<string, Json> = {};
  if (secret['data'] !== undefined) fields['data'] = maskEntries(secret['data'], (value) => tag(dataBytes(value)));
  if (secret['stringData'] !== undefined) {
    fields['stringData'] = maskEntries(secret['stringData'], (value) => tag(textBytes(value)));
  }
  return { ...secret, ...fields };
}

/** A null stays: it is an absent value. A map that is no map (a mistake in a manifest) is hidden as one value. */
function maskEntries(entries: Json, mask: (value: Json) => string): Json {
  if (entries === null) return null;
  if (!isJsonObject(entries)) return mask(entries);
  const masked = Object.entries(entries).map(([key, value]) => [key, value === null ? null : maskOnce(value, mask)]);
  return Object.fromEntries(masked) as JsonObject; // keys and values come from a JSON object two lines above
}

/** Masking twice changes nothing, so a value keeps its tag wherever the object travels. */
function maskOnce(value: Json, mask: (value: Json) => string): string {
  return typeof value === 'string' && isTag(value) ? value : mask(value);
}

function isTag(value: string): boolean {
  return value.startsWith(HIDDEN_TAG) && /^[0-9a-f]{32}$/.test(value.slice(HIDDEN_TAG.length));
}

function maskApplied(object: JsonObject, tag: Tag): JsonObject {
  const metadata = pick(object, 'metadata');
  const annotations = pick(metadata, 'annotations');
  if (!isJsonObject(metadata) || !isJsonObject(annotations)) return object;
  const copies = copiesOf(object).flatMap((name) => {
    const applied = pickText(annotations, name);
    return applied === undefined || isTag(applied) ? [] : [[name, tag(Buffer.from(applied))]];
  });
  if (copies.length === 0) return object;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, ...Object.fromEntries(copies) } } };
}

function dataBytes(value: Json): Uint8Array {
  return (typeof value === 'string' ? decodeBase64(value) : null) ?? textBytes(value);
}

function textBytes(value: Json): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : spell(value));
}

/** Any other JSON value as a text of its own; only compared, never parsed. */
function spell(value: Json): string {
  if (isJsonList(value)) return `[${value.map(spell).join()}]`;
  if (isJsonObject(value)) return `{${Object.entries(value).map(([key, item]) => `${key}:${spell(item)}`)}}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
