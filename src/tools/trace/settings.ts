import { FairleadError } from '../../model/error.ts';

/** The variables of OpenTelemetry, https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where traces go, and what they say of us. */
export interface TraceSettings {
  /** Full address, `/v1/traces` included. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: { readonly kind: 'always_on' | 'always_off' | 'traceidratio'; readonly ratio: number };
  /** Milliseconds between two sendings. */
  readonly every: number;
}

/** What a tracer needs beside the environment. */
export interface TracerOptions {
  /** Every text passes through it. */
  readonly redact: (text: string) => string;
  /** Hears what must never be shown: the headers may be credentials. */
  readonly learn: (secret: string) => void;
  /** Told when traces could not be sent. */
  readonly onFault: (error: unknown) => void;
  readonly version: string;
}

/** What the environment says; null when it wants no traces. */
export function traceSettings(environment: Environment, version: string): TraceSettings | null {
  const url = collectorUrl(environment);
  if (url === null) return null;
  refuseProtocol(environment);
  return {
    url,
    headers: {
      ...pairs(environment['OTEL_EXPORTER_OTLP_HEADERS']),
      ...pairs(environment['OTEL_EXPORTER_OTLP_TRACES_HEADERS']),
    },
    resource: {
      'service.name': environment['OTEL_SERVICE_NAME'] ?? 'fairlead',
      'service.version': version,
      ...pairs(environment['OTEL_RESOURCE_ATTRIBUTES']),
      ...(isSet(environment['OTEL_SERVICE_NAME']) ? { 'service.name': environment['OTEL_SERVICE_NAME'] } : {}),
    },
    sampler: samplerOf(environment),
    every: Number(environment['OTEL_BSP_SCHEDULE_DELAY'] ?? '') || 5_000,
  };
}

function collectorUrl(environment: Environment): string | null {
  if (environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return null;
  const exporter = environment['OTEL_TRACES_EXPORTER'];
  if (isSet(exporter) && exporter !== 'otlp') return null;
  const own = environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (isSet(own)) return own;
  const common = environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (isSet(common)) return `${common.replace(/\/+$/, '')}/v1/traces`;
  return isSet(exporter) ? 'http://localhost:4318/v1/traces' : null;
}

function refuseProtocol(environment: Environment): void {
  const name = 'OTEL_EXPORTER_OTLP_PROTOCOL';
  const protocol = environment['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? environment[name];
  // A collector takes JSON and protobuf at the same address, so that both words mean the same to us.
  if (!isSet(protocol) || protocol.startsWith('http/')) return;
  throw new FairleadError({
    code: 'usage',
    subject: name,
    message: `${name} is ${protocol}, but Fairlead sends traces over HTTP only`,
    remedy: 'Set it to http/json, and the endpoint to the HTTP port of the collector, most often 4318.',
  });
}

function samplerOf(environment: Environment): TraceSettings['sampler'] {
  const name = 'OTEL_TRACES_SAMPLER';
  const value = environment[name];
  const ratio = Number(environment['OTEL_TRACES_SAMPLER_ARG'] ?? '1');
  const kind = (isSet(value) ? value : 'always_on').replace(/^parentbased_/, '');
  const isKnown = kind === 'always_on' || kind === 'always_off' || kind === 'traceidratio';
  if (isKnown && ratio >= 0 && ratio <= 1) return { kind, ratio };
  throw new FairleadError({
    code: 'usage',
    subject: name,
    message: `${name} is ${value} with the argument ${ratio}, which there is not`,
    remedy: 'Set it to always_on, always_off, or traceidratio with OTEL_TRACES_SAMPLER_ARG from 0 to 1.',
  });
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** `name=value,name=value`, percent-encoded. */
function pairs(text = ''): Readonly<Record<string, string>> {
  const split = text.split(',').map((pair) => pair.trim().split(/=(.*)/s));
  return Object.fromEntries(
    split.flatMap(([name, value]) => (name && value !== undefined ? [[name.trim(), decoded(value.trim())]] : [])),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign: meant as it stands
  }
}
