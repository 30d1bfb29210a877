/** How much is kept, and how long. */
export interface RecentOptions<T> {
  readonly now: () => Date;
  /** Milliseconds. */
  readonly freshMs: number;
  /** What all kept things may weigh together. */
  readonly most: number;
  weigh(value: T): number;
}

/**
 * Things that were had a moment ago: asked for again they are given again, and asked for at the same time they are had once. Faults are
 * not kept. The work belongs to nobody who asks: one who gives up does not take it from the others.
 */
export class Recent<T> {
  readonly #options: RecentOptions<T>;
  readonly #kept = new Map<string, { readonly value: Promise<T>; untilMs: number; weight: number }>();
  readonly #closed = new AbortController();

  constructor(options: RecentOptions<T>) {
    this.#options = options;
  }

  /** The thing of a key, had by `make` where it is not fresh. Rejects with the signal's reason when aborted. */
  async get(key: string, signal: AbortSignal, make: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    const known = this.#kept.get(key);
    const isFresh = known !== undefined && known.untilMs > this.#options.now().getTime();
    return untilAborted(isFresh ? known.value : this.#make(key, make), signal);
  }

  /** Aborts what is under way. */
  close(): void {
    this.#closed.abort(new Error('sources were closed'));
    this.#kept.clear();
  }

  #make(key: string, make: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const value = make(this.#closed.signal);
    const entry = { value, untilMs: Number.POSITIVE_INFINITY, weight: 0 };
    this.#kept.delete(key); // So that it stands last, as the newest.
    this.#kept.set(key, entry);
    value.then(
      (done) => {
        entry.untilMs = this.#options.now().getTime() + this.#options.freshMs;
        entry.weight = this.#options.weigh(done);
        this.#drop();
      },
      () => {
        if (this.#kept.get(key) === entry) this.#kept.delete(key);
      },
    );
    return value;
  }

  /** The oldest go first, until the rest fits. */
  #drop(): void {
    let weight = [...this.#kept.values()].reduce((sum, entry) => sum + entry.weight, 0);
    for (const [key, entry] of this.#kept) {
      const isStale = entry.untilMs <= this.#options.now().getTime();
      if (!isStale && weight <= this.#options.most) continue;
      weight -= entry.weight;
      this.#kept.delete(key);
    }
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
