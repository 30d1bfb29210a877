import type { Agent, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { stringifyJson } from '../../formats/json.ts';
import { oversize, silence } from './faults.ts';
import type { Exchange, Question } from './question.ts';

/** One question on its way. */
export interface Sent {
  readonly question: Question;
  readonly url: URL;
  readonly token: string;
  readonly agent: Agent;
  /** PEM; null: the authorities this process trusts. */
  readonly ca: string | null;
  /** Milliseconds from the question to the last byte. */
  readonly callMs: number;
  readonly answerBytes: number;
}

/** Sends a question once, by Node's own client, which follows no redirect. Throws `BorderError` where no whole answer comes. */
export async function exchange(sent: Sent, signal: AbortSignal): Promise<Exchange> {
  const control = AbortSignal.any([signal, AbortSignal.timeout(sent.callMs)]);
  try {
    const response = await send(sent, control);
    return await read(response, sent, control);
  } catch (fault) {
    signal.throwIfAborted();
    throw silence(sent.question, sent.url.host, { fault, isLate: control.aborted, callMs: sent.callMs });
  }
}

function send({ question, url, token, agent, ca }: Sent, signal: AbortSignal): Promise<IncomingMessage> {
  const body = question.body === undefined ? null : stringifyJson(question.body);
  // Asked for and not imported: `node:http` as an import loads all of fetch.
  const request = url.protocol === 'https:' ? httpsRequest : process.getBuiltinModule('node:http').request;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = {
    accept: 'application/json',
    'user-agent': 'fairlead',
    authorization: `Bearer ${token}`,
    ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  const options = { method: question.method, headers, signal, agent, ...(ca === null ? {} : { ca }) };
  const sending = request(url, options, resolve);
  sending.on('error', reject);
  sending.end(body ?? undefined);
  return promise;
}

async function read(response: IncomingMessage, sent: Sent, signal: AbortSignal): Promise<Exchange> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    // Without an encoding the stream gives buffers.
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > sent.answerBytes) {
      response.destroy();
      throw oversize(sent.question, sent.url.host, sent.answerBytes);
    }
    chunks.push(bytes);
  }
  signal.throwIfAborted();
  const { statusCode = 0, headers } = response;
  return {
    status: statusCode,
    text: Buffer.concat(chunks).toString(),
    location: headers.location ?? null,
  };
}
