/** What is known of a piece of work, by the names of OpenTelemetry's semantic conventions where there is one. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work under way. */
export interface Span {
  /** Adds what is known by now. */
  set(attributes: Attributes): void;
}

/** What a piece of work is. */
export interface SpanSpec {
  /** Few different ones: no number, commit or person in it. */
  readonly name: string;
  /** `server`: somebody asked us; `client`: we ask somebody; `consumer`: taken from the queue. */
  readonly kind?: 'internal' | 'server' | 'client' | 'consumer';
  readonly attributes?: Attributes;
  /** A `traceparent` the work goes on from; left out: the work around it; null: nothing. */
  readonly parent?: string | null;
}

/** Tells how long work took, within what, and how it ended. */
export interface Tracer {
  /** Does the work as a span; what it does in turn lies within. A fault is told by its code, never by its text. */
  span<T>(spec: SpanSpec, work: (span: Span) => Promise<T>): Promise<T>;
  /** A span without a function: begun now, within the work under way; `end` with how it ended. */
  begin(spec: SpanSpec): Span & { end(error?: string): void };
  /** The work under way as a `traceparent`, to go on from elsewhere; null when there is none or nobody listens. */
  parent(): string | null;
  /** Sends what was not sent yet, for a moment at most. */
  close(): Promise<void>;
}

const noSpan = { set: () => undefined, end: () => undefined };

/** Where nobody listens. */
export const noTracer: Tracer = {
  span: (_spec, work) => work(noSpan),
  begin: () => noSpan,
  parent: () => null,
  close: async () => undefined,
};
