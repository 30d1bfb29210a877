/** Entries kept at most. */
const most = 1000;

/** Remembers a value within a bound, and gives it; the oldest entries are forgotten. */
export function remember<K, V>(memory: Map<K, V>, key: K, value: V): V {
  memory.delete(key);
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (memory.size > most && oldest !== undefined) memory.delete(oldest);
  return value;
}
