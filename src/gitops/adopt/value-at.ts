import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import type { Path, PathSegment } from '../../model/path.ts';

/** The value at a path; null when absent. */
export function valueAt(value: Json, path: Path): Json {
  let current = value;
  for (const segment of path) current = childAt(current, segment);
  return current;
}

/** A copy with another value at a path; null takes it away. What cannot be reached stays as it is. */
export function setAt(value: Json, [segment, ...rest]: Path, next: Json): Json {
  if (segment === undefined) return next;
  if (typeof segment === 'string') return setKey(value, segment, (child) => setAt(child, rest, next));
  if (!isJsonList(value)) return value;
  const index = itemAt(value, segment);
  if (index < 0 || index > value.length) return value;
  const child = setAt(value[index] ?? null, rest, next);
  return child === null ? value.toSpliced(index, 1) : value.toSpliced(index, 1, child);
}

/** The position of the item a segment names, or -1; an index one behind the end is where an item can be added. */
export function itemAt(items: readonly Json[], segment: PathSegment): number {
  if (typeof segment === 'number') return segment;
  if (typeof segment === 'string') return -1;
  const keys = Object.entries(segment);
  return items.findIndex((item) => isJsonObject(item) && keys.every(([key, value]) => keyOf(item[key], key) === value));
}

/** A port that does not say its protocol means TCP. */
function keyOf(value: Json | undefined, key: string): Json {
  return (value ?? null) === null && key === 'protocol' ? 'TCP' : (value ?? null);
}

function childAt(value: Json, segment: PathSegment): Json {
  if (typeof segment === 'string')
    return isJsonObject(value) && Object.hasOwn(value, segment) ? (value[segment] ?? null) : null;
  return isJsonList(value) ? (value[itemAt(value, segment)] ?? null) : null;
}

function setKey(value: Json, key: string, change: (child: Json) => Json): Json {
  const object = value === null ? {} : value;
  if (!isJsonObject(object)) return value;
  const child = change(childAt(object, key));
  const entries = Object.entries(object);
  if (child === null) return Object.fromEntries(entries.filter(([name]) => name !== key));
  if (!Object.hasOwn(object, key)) return Object.fromEntries([...entries, [key, child]]);
  return Object.fromEntries(entries.map(([name, old]) => [name, name === key ? child : old]));
}
