/** Keeps the latest results up to a total size, so that the same input is not rendered twice. */
export interface RenderCache {
  get(key: string): string | undefined;
  set(key: string, text: string): void;
}

/** Makes a cache of texts, bounded by their total length in characters; the least recently used goes first. */
export function createRenderCache(maxCharacters: number): RenderCache {
  const kept = new Map<string, string>();
  let size = 0;
  const forget = (key: string) => {
    size -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  const get = (key: string) => {
    const text = kept.get(key);
    if (text !== undefined) {
      kept.delete(key);
      kept.set(key, text);
    }
    return text;
  };
  const set = (key: string, text: string) => {
    forget(key);
    kept.set(key, text);
    size += text.length;
    for (const oldest of kept.keys()) {
      if (size <= maxCharacters) break;
      forget(oldest);
    }
  };
  return { get, set };
}
