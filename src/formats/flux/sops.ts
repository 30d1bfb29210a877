import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../model/json.ts';

/** What stands for a value that SOPS encrypted. */
export const sopsMark = '<encrypted>';

/**
 * Whether an object is encrypted with SOPS, whole or in part: it has a `sops` block, or is a ConfigMap or Secret that a generator filled
 * with an encrypted file. It must go to no cluster as it is.
 */
export function isSops(object: JsonObject): boolean {
  if (isJsonObject(object['sops'])) return true;
  return fieldsOfData.some((field) =>
    entriesOf(object, field).some(([, value]) => encryptedFile(value, field) !== null),
  );
}

/**
 * What may be shown of an object that SOPS encrypted: every key, each encrypted value as one fixed mark, the `sops` block left out. Two
 * encryptions of one key set look the same. Of a Secret's data no value is left, encrypted or not.
 */
export function sopsView(object: JsonObject): JsonObject {
  const { sops: _sops, ...rest } = object;
  const isSecret = object['kind'] === 'Secret' && isJsonObject(object['sops']);
  const entries = Object.entries(rest).map(([key, value]): readonly [string, Json] => {
    if (!fieldsOfData.includes(key) || !isJsonObject(value)) return [key, masked(value)];
    return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, dataView(one, key, isSecret)]))];
  });
  return Object.fromEntries(entries);
}

/** Whether a text is a file that SOPS wrote, in any of its formats (getsops/sops, stores). */
export function isSopsText(text: string): boolean {
  if (!text.includes('ENC[AES256_GCM,')) return false;
  return /^sops_(?:mac|version)=|^\[sops\]|^sops:|"sops"\s*:/m.test(text);
}

/** A text that SOPS wrote by its keys: dotenv, ini, YAML or JSON, which binary files are wrapped in too. */
export function sopsTextView(text: string): string {
  const asJson = text.trimStart().startsWith('{') ? parsed(text) : null;
  if (asJson !== null) return JSON.stringify(sopsView(asJson));
  const bare = text
    .replace(/^sops_\w+=.*\n?/gm, '')
    .replace(/^\[sops\]\n(?:(?!\[).*\n?)*/m, '')
    .replace(/^sops:[^\n]*\n?(?:(?:[ \t-].*)?\n)*(?:[ \t-].*)?/m, '');
  return bare.replace(encryptedValues, sopsMark);
}

const fieldsOfData: readonly string[] = ['data', 'stringData', 'binaryData'];
const encryptedValues = /ENC\[AES256_GCM,[^\]]*\]/g;

function entriesOf(object: JsonObject, field: string): readonly (readonly [string, Json])[] {
  const found = pick(object, field);
  return isJsonObject(found) && ['ConfigMap', 'Secret'].includes(String(object['kind'])) ? Object.entries(found) : [];
}

function masked(value: Json): Json {
  if (isJsonList(value)) return value.map(masked);
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]));
  }
  return typeof value === 'string' ? value.replace(encryptedValues, sopsMark) : value;
}

function dataView(value: Json, field: string, isSecret: boolean): Json {
  if (isSecret) return sopsMark;
  const file = encryptedFile(value, field);
  return file === null ? masked(value) : sopsTextView(file);
}

/** The text of an encrypted file under a key; null for anything else. */
function encryptedFile(value: Json, field: string): string | null {
  if (typeof value !== 'string') return null;
  if (isSopsText(value)) return value;
  if (field === 'stringData' || !/^[A-Za-z0-9+/\s]+=*\s*$/.test(value)) return null;
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return isSopsText(decoded) ? decoded : null;
}

function parsed(text: string): JsonObject | null {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    // No JSON: the line formats are tried.
    return null;
  }
}
