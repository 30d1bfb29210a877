/** How much one client asks of one API server, and how long it waits. Times are milliseconds. */
export interface ClusterLimits {
  /** Requests under way at once; watches are not counted. */
  readonly inFlight: number;
  /** Requests a second, or null for no limit: the server's own fairness answers 429, which is honoured. */
  readonly perSecond: number | null;
  /** Until the server has answered once: how long it may take. Short, so that a dead cluster is known at once. */
  readonly firstContactMs: number;
  /** One try of a GET, a write or a removal. */
  readonly requestMs: number;
  /** One try of a list, discovery or OpenAPI document. */
  readonly bulkMs: number;
  /** All waiting between the tries of one call. */
  readonly retryWaitMs: number;
  /** Tries of one call. */
  readonly tries: number;
  /** Bytes of one answer, and of one watch event. */
  readonly answerBytes: number;
  /** How long the server keeps a watch open. */
  readonly watchMs: number;
  /** Discovery older than this is read again when a kind is missing. */
  readonly discoveryMs: number;
}

/** The limits unless told otherwise. */
export const defaultLimits: ClusterLimits = {
  inFlight: 32,
  perSecond: null,
  firstContactMs: 2500,
  requestMs: 10_000,
  bulkMs: 30_000,
  retryWaitMs: 20_000,
  tries: 5,
  answerBytes: 64 * 1024 * 1024,
  watchMs: 300_000,
  discoveryMs: 10_000,
};
