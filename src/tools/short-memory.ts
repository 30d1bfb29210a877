/** Values by texts, for as long as they are asked for again and again. */
export interface ShortMemory<V> {
  get(key: string): V | undefined;
  /** `size` in the unit of the memory's bound. */
  set(key: string, value: V, size: number): void;
}

/** How much is remembered, and how long. */
export interface ShortMemoryOptions {
  /** Total size; what would exceed it makes room by forgetting all. */
  readonly maxSize: number;
  /** Milliseconds without any use after which all is forgotten. */
  readonly keptMs: number;
}

/** Makes a memory for what comes in bursts: it is small, and empty between them. It does not keep the process alive. */
export function createShortMemory<V>({ maxSize, keptMs }: ShortMemoryOptions): ShortMemory<V> {
  const kept = new Map<string, V>();
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const forget = (): void => {
    kept.clear();
    size = 0;
  };
  const use = (): void => {
    timer = timer?.refresh() ?? setTimeout(forget, keptMs).unref();
  };
  return {
    get: (key) => {
      use();
      return kept.get(key);
    },
    set: (key, value, added) => {
      use();
      if (size + added > maxSize) forget();
      if (added > maxSize) return;
      kept.set(key, value);
      size += added;
    },
  };
}
