import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it arrived. */
export interface SeenSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2 is an error. */
  readonly status: { readonly code?: number; readonly message?: string };
}

/** An OTLP collector on loopback, which parses what arrives. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly SeenSpan[];
  /** Attributes of whoever sent last. */
  resource(): Readonly<Record<string, unknown>>;
  /** Every request as it came: headers and body. */
  readonly requests: readonly {
    readonly path: string;
    readonly headers: IncomingMessage['headers'];
    readonly body: string;
  }[];
  close(): Promise<void>;
}

interface Keyed {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Keyed[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}

type RawSpan = Omit<SeenSpan, 'attributes' | 'parentSpanId'> & {
  readonly attributes: readonly Keyed[];
  readonly parentSpanId?: string;
};

export async function startCollector(): Promise<Collector> {
  const spans: SeenSpan[] = [];
  const requests: Collector['requests'][number][] = [];
  let resource: Readonly<Record<string, unknown>> = {};
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    for (const { resource: sender, scopeSpans } of (JSON.parse(body) as Sent).resourceSpans) {
      resource = record(sender.attributes);
      for (const span of scopeSpans.flatMap((scope) => scope.spans))
        spans.push({ ...span, attributes: record(span.attributes), parentSpanId: span.parentSpanId || null });
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    resource: () => resource,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function record(attributes: readonly Keyed[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
