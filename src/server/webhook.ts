import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { FairleadError } from '../model/error.ts';
import type { ForgeEvent, RawDelivery, Receiver } from '../world/forge/forge.ts';
import type { Answer } from './answer.ts';
import { type BodyBudget, readBody } from './body.ts';

/** Where one forge's webhooks come in. */
export interface Hook {
  /** Such as `/hooks/github`. */
  readonly path: string;
  readonly receiver: Receiver;
  /** Turns an event into a job and returns: no work is done while the forge waits. */
  onEvent(event: ForgeEvent, deliveryId: string): void;
}

/** Bytes of a webhook we read; GitHub and GitLab send up to 25 MB. */
export const LARGEST_WEBHOOK = 26 * 1024 * 1024;

/** Takes one webhook in: read, authenticate on the raw bytes, understand, hand over; 202 for all that is authentic. */
export async function receiveWebhook(
  hook: Hook,
  request: IncomingMessage,
  surroundings: { readonly budget: BodyBudget; readonly logger: Logger },
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

function takeIn(hook: Hook, delivery: RawDelivery, logger: Logger): Answer {
  const sender = hook.receiver.authenticate(delivery);
  if (!sender.ok) {
    logger.warn({ path: hook.path, reason: sender.reason }, 'webhook refused');
    return refuse(sender.status, sender.reason);
  }
  if (!/^application\/json\b/i.test(delivery.headers['content-type'] ?? ''))
    return refuse(400, 'the body must be JSON');
  const { id, event } = sender;
  try {
    const events = hook.receiver.normalise(delivery);
    for (const found of events) hook.onEvent(found, id);
    logger.info({ path: hook.path, delivery: id, event, events: events.map(({ kind }) => kind) }, 'webhook taken in');
    return { status: 202, body: { delivery: id, events: events.length } };
  } catch (error) {
    if (!(error instanceof FairleadError) || error.code !== 'broken-payload') throw error;
    logger.warn({ path: hook.path, delivery: id, event, reason: error.message }, 'webhook not understood');
    return refuse(400, error.message);
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
