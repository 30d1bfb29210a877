import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import { HIDDEN, HIDDEN_CHANGED, HIDDEN_TAG } from '../../model/redacted.ts';
import type { Difference } from './compare-paths.ts';

const tags = new RegExp(`${HIDDEN_TAG}[0-9A-Za-z_-]*`, 'g');

/** A difference as it may be shown: masked values without their tags, and a masked value that changed says so. */
export function hideTags(difference: Difference): Difference {
  const before = hide(difference.before, HIDDEN);
  const changed = holdsTag(difference.before) && holdsTag(difference.after);
  return { path: difference.path, before, after: hide(difference.after, changed ? HIDDEN_CHANGED : HIDDEN) };
}

function holdsTag(value: Json): boolean {
  return typeof value === 'string' && value.includes(HIDDEN_TAG);
}

function hide(value: Json, word: string): Json {
  if (typeof value === 'string') return value.includes(HIDDEN_TAG) ? value.replace(tags, word) : value;
  if (isJsonList(value)) return value.map((item) => hide(item, word));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [hideKey(key, word), hide(member, word)]));
}

function hideKey(key: string, word: string): string {
  return key.includes(HIDDEN_TAG) ? key.replace(tags, word) : key;
}
