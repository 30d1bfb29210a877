import {
  type Attributes as OtelAttributes,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { FairleadError } from '../../model/error.ts';
import { within } from '../within.ts';
import type { TracerOptions, TraceSettings } from './settings.ts';
import type { Attributes, Span, SpanSpec, Tracer } from './tracer.ts';

/** Longest text of an attribute. */
const longest = 300;

/** Milliseconds that sending what is left may hold up the end of the process. */
const flushDeadline = 2_000;

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  consumer: SpanKind.CONSUMER,
} as const;

/** A tracer over OpenTelemetry's SDK. It registers nothing globally: several can stand in one process. */
export function createOtelTracer(settings: TraceSettings, options: TracerOptions): Tracer {
  const around = new AsyncLocalStorageContextManager().enable();
  const provider = openProvider(settings, options);
  const tracer = provider.getTracer('fairlead', options.version);
  const clean = (attributes: Attributes = {}) => cleaned(attributes, options.redact);
  const start = ({ name, kind = 'internal', attributes, parent }: SpanSpec): OtelSpan => {
    const within = parent === undefined ? around.active() : contextOf(parent);
    return tracer.startSpan(name, { kind: kinds[kind], attributes: clean(attributes) }, within);
  };
  const shown = (span: OtelSpan): Span => ({ set: (attributes) => void span.setAttributes(clean(attributes)) });
  return {
    span: async (spec, work) => {
      const span = start(spec);
      try {
        return await around.with(trace.setSpan(around.active(), span), () => work(shown(span)));
      } catch (error) {
        fail(span, codeOf(error));
        throw error;
      } finally {
        span.end();
      }
    },
    begin: (spec) => {
      const span = start(spec);
      const end = (error?: string): void => {
        if (error !== undefined) fail(span, error);
        span.end();
      };
      return { ...shown(span), end };
    },
    parent: () => traceparent(trace.getSpan(around.active())),
    close: async () => {
      // A collector that is gone is told when sending; it does not keep the process from ending.
      await within(
        flushDeadline,
        provider.shutdown().catch(() => undefined),
      );
      around.disable();
    },
  };
}

function openProvider(
  { url, headers, resource, sampler, every }: TraceSettings,
  { onFault }: TracerOptions,
): TracerProvider {
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: 5_000 });
  const roots = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(sampler.ratio),
  };
  return new TracerProvider({
    resource: resourceFromAttributes({ ...resource }),
    sampler: new ParentBasedSampler({ root: roots[sampler.kind]() }),
    spanProcessors: [new BatchSpanProcessor({ exporter: told(exporter, onFault), scheduledDelayMillis: every })],
  });
}

/** The same exporter, whose faults are heard: the SDK keeps them to itself. */
function told(exporter: SpanExporter, onFault: TracerOptions['onFault']): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) onFault(result.error);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function cleaned(attributes: Attributes, redact: (text: string) => string): OtelAttributes {
  const entries = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? redact(value).slice(0, longest) : value]),
  );
}

/** By its code alone: what an error says may quote anything. */
function codeOf(error: unknown): string {
  if (error instanceof FairleadError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

function fail(span: OtelSpan, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
const parentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function traceparent(span: OtelSpan | undefined): string | null {
  if (span === undefined) return null;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

function contextOf(parent: string | null) {
  const [, traceId, spanId, flags] = parentPattern.exec(parent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return ROOT_CONTEXT;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, context);
}
