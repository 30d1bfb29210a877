/** Whether a message speaks of time running out or of something being out of reach: the next try may succeed. */
export function isPassing(message: string | null): boolean {
  return passing.test(message ?? '');
}

const passing =
  /time(d)? ?out|deadline exceeded|context canceled|connection (refused|reset)|no such host|no route to host|too many requests|failed calling webhook|no endpoints available|service unavailable|rate limit|etcdserver/i;
