import { type Environment, type TracerOptions, traceSettings } from './settings.ts';
import { noTracer, type Tracer } from './tracer.ts';

/**
 * A tracer that sends to the collector of the environment, or one that does nothing where none is named: then nothing is loaded.
 * Throws `FairleadError` `usage` for a protocol we do not speak or a sampler there is not.
 */
export async function openTracer(environment: Environment, options: TracerOptions): Promise<Tracer> {
  const settings = traceSettings(environment, options.version);
  if (settings === null) return noTracer;
  for (const value of Object.values(settings.headers)) options.learn(value);
  const { createOtelTracer } = await import('./otel-tracer.ts');
  return createOtelTracer(settings, options);
}
