/** What goes wrong: an answer instead of the real one, the real one hidden after the work is done, or no answer. */
export type FaultKind =
  | 'primary-limit'
  | 'secondary-limit'
  | 'too-many-requests'
  | 'unavailable'
  | 'bad-gateway'
  | 'bad-gateway-after-commit'
  | 'hang';

/** A fault for the next requests that match. */
export interface Fault {
  readonly kind: FaultKind;
  /** Upper case; any when left out. */
  readonly method?: string;
  /** Tested against the path; any when left out. */
  readonly path?: RegExp;
  /** How many requests it hits, 1 when left out. */
  readonly times?: number;
}

/** Faults waiting for their request. */
export interface Faults {
  add(fault: Fault): void;
  /** The first fault that matches, used up by one. */
  take(method: string, path: string): FaultKind | null;
}

/** An empty list of faults. */
export function createFaults(): Faults {
  const waiting: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      waiting.push({ fault, left: fault.times ?? 1 });
    },
    take: (method, path) => {
      const entry = waiting.find(({ fault, left }) => left > 0 && matches(fault, method, path));
      if (entry === undefined) return null;
      entry.left -= 1;
      return entry.fault.kind;
    },
  };
}

function matches(fault: Fault, method: string, path: string): boolean {
  return (fault.method ?? method) === method && (fault.path?.test(path) ?? true);
}

/** The answer a fault gives, or null where it is not an answer of its own. */
export function faultAnswer(
  kind: FaultKind,
  now: Date,
): { status: number; message: string; headers: Readonly<Record<string, string>> } | null {
  const inAMinute = String(Math.floor(now.getTime() / 1000) + 60);
  switch (kind) {
    case 'primary-limit': {
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute };
      return { status: 403, message: 'API rate limit exceeded for installation ID 1.', headers };
    }
    case 'secondary-limit': {
      const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
      return { status: 403, message, headers: { 'retry-after': '30' } };
    }
    case 'too-many-requests':
      return { status: 429, message: 'Too many requests', headers: { 'retry-after': '7' } };
    case 'unavailable':
      return { status: 503, message: 'Service unavailable', headers: {} };
    case 'bad-gateway':
    case 'bad-gateway-after-commit':
      return { status: 502, message: 'Server Error', headers: {} };
    case 'hang':
      return null;
    default:
      return kind satisfies never;
  }
}
