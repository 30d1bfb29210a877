import type { IncomingMessage } from 'node:http';

/** Bytes that all bodies being read may hold together: what keeps many large requests from filling the memory. */
export interface BodyBudget {
  readonly total: number;
  used: number;
}

/** A body read to its end, or why it was not. */
export type BodyOutcome =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'broken-off' };

/**
 * Reads a body as raw bytes, up to `limit`. A length that is announced as larger is refused before the first byte; one
 * that grows larger is refused at the limit. The deadline is the server's own (`requestTimeout`), which cuts the
 * connection: that is `broken-off`.
 */
export async function readBody(request: IncomingMessage, limit: number, budget: BodyBudget): Promise<BodyOutcome> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) return { kind: 'too-large' };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      budget.used += bytes.length;
      if (size > limit) return { kind: 'too-large' };
      if (budget.used > budget.total) return { kind: 'busy' };
      chunks.push(bytes);
    }
    return { kind: 'read', body: Buffer.concat(chunks) };
  } catch {
    // The client went away or overran the deadline; nobody is left to answer.
    return { kind: 'broken-off' };
  } finally {
    budget.used -= size;
  }
}
