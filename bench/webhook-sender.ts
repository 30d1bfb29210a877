import { createHmac, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { quietComment } from './webhook-body.ts';

/** What the thread that sends webhooks is started with. */
export interface SenderSettings {
  readonly url: string;
  readonly secret: string;
  /** Webhooks a second, sent at their time whether earlier ones were answered or not. */
  readonly rate: number;
}

/** What it says when it is told to stop. */
export interface Sent {
  /** Milliseconds from the beginning of a request to the end of its answer. */
  readonly times: readonly number[];
  /** Answers other than 202, and requests without an answer. */
  readonly failures: number;
}

await serve();

async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('webhooks are sent from a worker thread only');
  const settings = workerData as SenderSettings;
  const stop = new AbortController();
  port.once('message', () => stop.abort());
  port.postMessage(await sendAll(settings, stop.signal));
}

async function sendAll({ url, secret, rate }: SenderSettings, stop: AbortSignal): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const payload = quietComment();
  const signature = `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`;
  const times: number[] = [];
  let failures = 0;
  const underWay: Promise<void>[] = [];
  const begun = performance.now();
  for (let count = 0; !stop.aborted; count += 1) {
    const wait = begun + (count * 1000) / rate - performance.now();
    if (wait > 0) await delay(wait);
    const start = performance.now();
    const one = post({ url, agent, payload, signature }).then((status) => {
      if (status === 202) times.push(performance.now() - start);
      else failures += 1;
    });
    underWay.push(one);
  }
  await Promise.all(underWay);
  agent.destroy();
  return { times, failures };
}

interface Post {
  readonly url: string;
  readonly agent: Agent;
  readonly payload: Buffer;
  readonly signature: string;
}

/** The status; 0 when there was no answer. */
function post({ url, agent, payload, signature }: Post): Promise<number> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': payload.length,
      'x-github-event': 'issue_comment',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': signature,
    };
    const sent = request(url, { method: 'POST', agent, headers, timeout: 10_000 }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(0));
    sent.end(payload);
  });
}
