/** A piece of work. Its payload is plain data; the handler reads the world again. */
export interface Job {
  readonly kind: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** How a job is queued. */
export interface AddOptions {
  /** One running job per key. */
  readonly key: string;
  /** Whether a waiting job of the same key is replaced by this one (the newest wins). */
  readonly replace: boolean;
}

/** Does the work; throws to fail. The signal fires when a newer job of the key replaces it, or on shutdown. */
export type Handler = (job: Job, signal: AbortSignal) => Promise<void>;

/** Jobs between the doors and the features. (The durable adapters come with the intake; this contract stays.) */
export interface Queue {
  add(job: Job, options: AddOptions): void;
  work(kind: string, handler: Handler): void;
  /** Stops taking jobs and waits for the running ones, at most `deadlineMs`; then aborts them. */
  drain(deadlineMs: number): Promise<void>;
}
