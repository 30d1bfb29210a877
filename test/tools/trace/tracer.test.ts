import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FairleadError } from '../../../src/model/error.ts';
import { openTracer } from '../../../src/tools/trace/open-tracer.ts';
import { type TracerOptions, traceSettings } from '../../../src/tools/trace/settings.ts';
import { noTracer } from '../../../src/tools/trace/tracer.ts';
import { type Collector, startCollector } from '../../support/collector.ts';

let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.close());

const secret = 'hunter2-hunter2';
const faults: unknown[] = [];
const learned: string[] = [];
const options: TracerOptions = {
  redact: (text) => text.replaceAll(secret, '(hidden)'),
  learn: (value) => void learned.push(value),
  onFault: (error) => void faults.push(error),
  version: '1.2.3',
};

const open = (more: Readonly<Record<string, string>> = {}) =>
  openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...more }, options);

const seen = (name: string) => collector.spans.find((span) => span.name === name);

describe('spans', () => {
  test('arrive within each other, with attributes and the error, and no text of it', async () => {
    const tracer = await open({
      OTEL_SERVICE_NAME: 'bot',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=lab',
    });
    const fail = () =>
      Promise.reject(new FairleadError({ code: 'render-failed', message: secret, subject: secret, remedy: '' }));

    const outer = tracer.span({ name: 'outer', attributes: { said: `token ${secret}` } }, async (span) => {
      tracer.begin({ name: 'aside', kind: 'client' }).end();
      await Promise.resolve();
      span.set({ 'vcs.change.id': '7', left: undefined });
      await tracer.span({ name: 'inner' }, fail);
    });
    await expect(outer).rejects.toThrow();
    await tracer.close();

    const [first, inner, aside] = [seen('outer'), seen('inner'), seen('aside')];
    expect(first).toMatchObject({ parentSpanId: null, attributes: { said: 'token (hidden)', 'vcs.change.id': '7' } });
    expect([inner?.parentSpanId, inner?.traceId]).toEqual([first?.spanId, first?.traceId]);
    expect(aside?.parentSpanId).toBe(first?.spanId);
    expect(inner).toMatchObject({
      status: { code: 2, message: 'render-failed' },
      attributes: { 'error.type': 'render-failed' },
    });
    expect(collector.resource()).toMatchObject({
      'service.name': 'bot',
      'service.version': '1.2.3',
      'deployment.environment.name': 'lab',
    });
    expect(collector.requests.map(({ path }) => path)).toContain('/v1/traces');
    expect(JSON.stringify(collector.requests)).not.toContain(secret);
  });

  test('go on from what was carried, as after a restart', async () => {
    const before = await open();
    const carried = await before.span({ name: 'taken in' }, async () => before.parent());
    await before.close();
    const after = await open();
    await after.span({ name: 'worked on', parent: carried }, async () => undefined);
    await after.span({ name: 'anew', parent: null }, async () => undefined);
    await after.span({ name: 'forged', parent: 'nonsense' }, async () => undefined);
    await after.close();

    expect(seen('worked on')).toMatchObject({
      parentSpanId: seen('taken in')?.spanId,
      traceId: seen('taken in')?.traceId,
    });
    expect([seen('anew')?.parentSpanId, seen('forged')?.parentSpanId]).toEqual([null, null]);
  });

  test('carry the headers of the environment, which are learned as secrets', async () => {
    const tracer = await open({ OTEL_EXPORTER_OTLP_HEADERS: `authorization=Api%20${secret},x-team=ours` });
    await tracer.span({ name: 'with headers' }, async () => undefined);
    await tracer.close();

    expect(collector.requests.at(-1)?.headers).toMatchObject({ authorization: `Api ${secret}`, 'x-team': 'ours' });
    expect(learned).toContain(`Api ${secret}`);
  });

  test('that nobody takes are told, and hold nothing up', async () => {
    const tracer = await openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, options);
    await tracer.span({ name: 'lost' }, async () => undefined);
    const began = performance.now();

    await tracer.close();

    expect(performance.now() - began).toBeLessThan(3_000);
  });
});

describe('the environment', () => {
  test.each([
    ['nothing', {}],
    ['another exporter', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }],
    ['a switch', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }],
  ])('%s means no traces', async (_what, environment) => {
    expect(await openTracer(environment, options)).toBe(noTracer);
  });

  test.each([
    ['http://c:4318', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/traces'],
    ['a trailing slash', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/x/' }, 'http://c:4318/x/v1/traces'],
    ['an address for traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/t' }, 'http://c/t'],
    ['an exporter alone', { OTEL_TRACES_EXPORTER: 'otlp' }, 'http://localhost:4318/v1/traces'],
  ])('%s', (_what, environment, url) => {
    expect(traceSettings(environment, '1')).toMatchObject({ url });
  });

  test.each([
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL'],
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' }, 'OTEL_TRACES_SAMPLER'],
  ])('%j is refused with what to do', (environment, subject) => {
    const read = () => traceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', ...environment }, '1');

    expect(read).toThrow(expect.objectContaining({ code: 'usage', subject }));
  });

  test('that wants no traces has nothing of OpenTelemetry loaded', () => {
    const script = `
      const { registerHooks } = await import('node:module');
      const loaded = [];
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      const { openTracer } = await import(${JSON.stringify(resolve(import.meta.dirname, '../../../src/tools/trace/open-tracer.ts'))});
      await openTracer({}, { version: '1' });
      console.log(loaded.filter((url) => url.includes('opentelemetry')).length, loaded.length > 0);`;
    const run = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
      {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
      },
    );

    expect(run.stdout.trim()).toBe('0 true');
  });
});
