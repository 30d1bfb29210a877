/** What goes wrong: an answer instead of the real one, the real one hidden after the work is done, or no answer. */
export type FaultKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'invalid'
  | 'primary-limit'
  | 'secondary-limit'
  | 'too-many-requests'
  | 'unavailable'
  | 'bad-gateway'
  | 'bad-gateway-after-commit'
  | 'server-error-after-commit'
  | 'gateway-timeout-after-commit'
  /** The connection breaks off before the work is done, or after it. */
  | 'reset'
  | 'reset-after-commit'
  /** Half of the real answer. */
  | 'truncated'
  /** A proxy's page with status 200. */
  | 'html'
  /** Limits that name no time. */
  | 'secondary-limit-bare'
  | 'too-many-requests-bare'
  | 'unavailable-for-a-while'
  /** The owner suspended the app. */
  | 'suspended'
  | 'hang';

/** A fault for the next requests that match. */
export interface Fault {
  readonly kind: FaultKind;
  /** Upper case, one or several; any when left out. */
  readonly method?: string | readonly string[];
  /** Tested against the path; any when left out. */
  readonly path?: RegExp;
  /** How many matching requests pass before it, 0 when left out. */
  readonly after?: number;
  /** How many requests it hits, 1 when left out. */
  readonly times?: number;
}

/** Faults waiting for their request. */
export interface Faults {
  add(fault: Fault): void;
  /** The first fault that matches, used up by one. */
  take(method: string, path: string): FaultKind | null;
  /** All is well from now on. */
  clear(): void;
}

/** An empty list of faults. */
export function createFaults(): Faults {
  const waiting: { fault: Fault; before: number; left: number }[] = [];
  return {
    add: (fault) => {
      waiting.push({ fault, before: fault.after ?? 0, left: fault.times ?? 1 });
    },
    clear: () => {
      waiting.length = 0;
    },
    take: (method, path) => {
      const entry = waiting.find(({ fault, left }) => left > 0 && matches(fault, method, path));
      if (entry === undefined) return null;
      if (entry.before > 0) {
        entry.before -= 1;
        return null;
      }
      entry.left -= 1;
      return entry.fault.kind;
    },
  };
}

function matches(fault: Fault, method: string, path: string): boolean {
  const isMethod = fault.method === undefined || [fault.method].flat().includes(method);
  return isMethod && (fault.path?.test(path) ?? true);
}

interface FaultAnswer {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer a fault gives, or null where it is not an answer of its own. */
export function faultAnswer(kind: FaultKind, now: Date): FaultAnswer | null {
  const [status, message, headers = {}] = answers[kind] ?? [0, ''];
  if (status === 0) return null;
  if (kind !== 'primary-limit') return { status, message, headers };
  const reset = String(Math.floor(now.getTime() / 1000) + 60);
  return { status, message, headers: { ...headers, 'x-ratelimit-reset': reset } };
}

const answers: Readonly<
  Partial<Record<FaultKind, readonly [number, string, (Readonly<Record<string, string>> | undefined)?]>>
> = {
  'primary-limit': [403, 'API rate limit exceeded for installation ID 1.', { 'x-ratelimit-remaining': '0' }],
  'secondary-limit': [
    403,
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
    { 'retry-after': '30' },
  ],
  'secondary-limit-bare': [403, 'You have exceeded a secondary rate limit.'],
  'too-many-requests': [429, 'Too many requests', { 'retry-after': '7' }],
  'too-many-requests-bare': [429, 'Too many requests'],
  unauthorized: [401, 'Bad credentials'],
  forbidden: [403, 'Resource not accessible by integration'],
  suspended: [403, 'This installation has been suspended'],
  'not-found': [404, 'Not Found'],
  conflict: [409, 'Conflict'],
  invalid: [422, 'Validation Failed'],
  unavailable: [503, 'Service unavailable'],
  'unavailable-for-a-while': [503, 'Service unavailable', { 'retry-after': '20' }],
  'bad-gateway': [502, 'Server Error'],
  'bad-gateway-after-commit': [502, 'Server Error'],
  'server-error-after-commit': [500, 'Server Error'],
  'gateway-timeout-after-commit': [504, 'Gateway Timeout'],
};
