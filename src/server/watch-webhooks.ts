import type { Answer } from './answer.ts';
import type { WatchWebhook } from './http.ts';
import type { IntakeTools } from './intake.ts';
import type { Watch } from './watch-jobs.ts';
import type { Hook } from './webhook.ts';

/** Who hears of webhooks. */
export interface WebhookWatch extends Pick<Watch, 'tracer'> {
  readonly log: Pick<Watch['log'], 'within'>;
  readonly meter: Pick<Watch['meter'], 'count' | 'observe'>;
}

/** Counts webhooks and how fast they are answered; each is a span, and the log names its delivery. */
export function watchWebhooks({ log, meter, tracer }: WebhookWatch): WatchWebhook {
  return async (hook, take) => {
    const began = performance.now();
    // Named only once the sender is known to be the forge: until then it is anybody's word.
    const seen = { event: 'other', isAuthentic: false };
    const attributes = { 'http.request.method': 'POST', 'http.route': hook.path };
    const answer = await tracer.span({ name: 'webhook', kind: 'server', attributes, parent: null }, async (span) => {
      const keep: Hook['keep'] = (delivery) => {
        seen.event = delivery.event;
        seen.isAuthentic = true;
        span.set({ 'fairlead.delivery': delivery.id, 'fairlead.event': delivery.event });
        const headers = { ...delivery.headers, traceparent: tracer.parent() ?? undefined };
        return log.within({ delivery: delivery.id }, () => hook.keep({ ...delivery, headers }));
      };
      const given = await take({ ...hook, keep });
      span.set({ 'http.response.status_code': given?.status });
      return given;
    });
    meter.count('fairlead_webhooks_total', { event: seen.event, result: resultOf(answer, seen.isAuthentic) });
    if (answer !== null) meter.observe('fairlead_webhook_duration_seconds', {}, (performance.now() - began) / 1000);
    return answer;
  };
}

/** Jobs go back to the webhook that led to them, in the log and in its trace. */
export function aboutDelivery({ log, tracer }: Watch): NonNullable<IntakeTools['about']> {
  return ({ id, headers }, work) =>
    log.within({ delivery: id }, () => tracer.span({ name: 'ingest', parent: headers['traceparent'] ?? null }, work));
}

function resultOf(answer: Answer | null, isAuthentic: boolean) {
  if (answer === null) return 'broken-off';
  if (answer.status === 202) return answer.body['duplicate'] === true ? 'duplicate' : 'accepted';
  if (answer.status === 413) return 'too-large';
  if (answer.status !== 503) return 'refused';
  return isAuthentic ? 'unkept' : 'busy';
}
