import type { IncomingMessage } from 'node:http';
import { FairleadError } from '../model/error.ts';
import type { RawDelivery, Receiver } from '../world/forge/receiver.ts';
import type { Answer } from './answer.ts';
import { type BodyBudget, readBody } from './body.ts';

/** Where one forge's webhooks come in. */
export interface Hook {
  /** Such as `/hooks/github`. */
  readonly path: string;
  readonly receiver: Pick<Receiver, 'authenticate'>;
  /** Keeps an authentic delivery durably; false when it was kept before. No other work is done while the forge waits. */
  keep(delivery: RawDelivery & { readonly id: string; readonly event: string }): Promise<boolean>;
}

/** What doors tell. */
export type DoorLogger = Readonly<Record<'info' | 'warn' | 'error', (facts: object, message: string) => void>>;

/** Bytes of a webhook we read; GitHub and GitLab send up to 25 MB. */
export const LARGEST_WEBHOOK = 26 * 1024 * 1024;

/**
 * Takes one webhook in: read, authenticate on the raw bytes, keep; then 202, for a duplicate too. A store that does not take it is
 * 503: never a false success.
 */
export async function receiveWebhook(
  hook: Hook,
  request: IncomingMessage,
  surroundings: { readonly budget: BodyBudget; readonly logger: DoorLogger },
): Promise<Answer | null> {
  if (request.method !== 'POST') return refuse(405, 'only POST', { headers: { allow: 'POST' }, isUnread: true });
  const read = await readBody(request, LARGEST_WEBHOOK, surroundings.budget);
  switch (read.kind) {
    case 'too-large':
      return refuse(413, `a webhook holds at most ${LARGEST_WEBHOOK} bytes`, { isUnread: true });
    case 'busy':
      return refuse(503, 'too many webhooks at once', { headers: { 'retry-after': '5' }, isUnread: true });
    case 'broken-off':
      return null;
    case 'read':
      return takeIn(hook, { body: read.body, headers: headersOf(request) }, surroundings.logger);
    default:
      return read satisfies never;
  }
}

async function takeIn(hook: Hook, delivery: RawDelivery, logger: DoorLogger): Promise<Answer> {
  const sender = hook.receiver.authenticate(delivery);
  if (!sender.ok) {
    logger.warn({ path: hook.path, reason: sender.reason }, 'webhook refused');
    return refuse(sender.status, sender.reason);
  }
  if (!/^application\/json\b/i.test(delivery.headers['content-type'] ?? ''))
    return refuse(400, 'the body must be JSON');
  const { id, event } = sender;
  try {
    const isNew = await hook.keep({ ...delivery, id, event });
    logger.info({ path: hook.path, delivery: id, event, isNew }, 'webhook taken in');
    return { status: 202, body: { delivery: id, duplicate: !isNew } };
  } catch (error) {
    const reason = error instanceof FairleadError ? error.message : 'unexpected fault';
    logger.error({ path: hook.path, delivery: id, event, reason }, 'webhook not kept');
    return refuse(503, 'the store does not take it; send it again', { headers: { 'retry-after': '10' } });
  }
}

function refuse(status: number, reason: string, more: Partial<Answer> = {}): Answer {
  return { status, body: { error: reason }, ...more };
}

/** Headers that came more than once are of no use to a receiver: they count as missing. */
function headersOf(request: IncomingMessage): RawDelivery['headers'] {
  const single = Object.entries(request.headers).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(single) as RawDelivery['headers'];
}
