import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServices } from '../../src/app.ts';
import { serviceOptions } from '../../src/cli/context.ts';
import { readStory } from '../../src/cli/demo/story.ts';
import { startWorld, type World } from '../../src/cli/demo/world.ts';
import type { PretendRepository } from '../../src/pretend/github/repository.ts';
import { type Collector, type SeenSpan, startCollector } from '../support/collector.ts';
import { seriesOf } from '../support/metric-series.ts';
import { until as untilDeadline } from '../support/until.ts';
import { eventually as askUntil } from './loop/eventually.ts';
import { type CliBot, startCliBot } from './operation/cli-bot.ts';
import { type Gate, startGate } from './operation/gate.ts';

const webhookSecret = 'kq93mfw7dux2hva0c41b77aa9f3c2e1b';
const collectorToken = 'zx81-collector-0123456789';
const story = readStory();
/** Staging is deployed on merge, by a server that may write. */
const settings = `version: 1
mode: enforce
environments:
  staging:
    clusters: [stg-eu]
    deploy: { on: merge }
`;

/** Milliseconds for one thing to happen, on a machine that has much else to do. */
const patience = 180_000;
const until = <T>(what: string, look: () => T | undefined) => untilDeadline(what, look, patience);
const eventually = <T>(what: string, look: () => Promise<T | undefined>) => askUntil(what, look, patience);

let world: World;
let repository: PretendRepository;
let collector: Collector;
let gate: Gate;
let environment: Readonly<Record<string, string>>;
const bots: CliBot[] = [];

beforeAll(async () => {
  const terminal = { out: noop, err: noop, progress: noop, paint: (_: string, text: string) => text };
  const options = { ...serviceOptions(process.env, terminal), logLevel: 'silent' };
  world = await startWorld(story, { options, createServices, signal: AbortSignal.timeout(600_000) });
  collector = await startCollector();
  gate = await startGate(world.apiServers.staging.url);
  const kubeconfig = join(world.dir, 'gated-kubeconfig');
  const given = await readFile(join(world.dir, 'kubeconfig'), 'utf8');
  await writeFile(kubeconfig, given.replace(world.apiServers.staging.url, gate.url));
  environment = {
    APP_ID: String(world.github.app.id),
    PRIVATE_KEY: world.github.app.privateKey,
    WEBHOOK_SECRET: webhookSecret,
    GHE_HOST: new URL(world.github.apiUrl).host,
    GHE_PROTOCOL: 'http',
    KUBECONFIG: kubeconfig,
    FAIRLEAD_DATA: join(world.dir, 'data'),
    LOG_LEVEL: 'trace',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${collectorToken}`,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  };
  repository = await world.github.createRepo({ owner: 'acme', name: 'shop' });
  repository.setRole('octo-dev', 'write');
  await repository.commit('main', { ...story.base, '.fairlead.yaml': settings }, 'what runs');
}, 600_000);

afterAll(async () => {
  for (const { child } of bots) child.kill('SIGKILL');
  await Promise.all([gate.close(), collector.close()]);
  await world.close();
});

function noop(): void {
  // Nobody listens.
}

async function startBot(): Promise<CliBot & { readonly at: string }> {
  const bot = startCliBot(['--cluster', 'staging=stg-eu', '--cluster', 'prod=prod-eu'], environment);
  bots.push(bot);
  const at = await bot.url;
  world.github.hooks.deliverTo(`${at}/hooks/github`, webhookSecret);
  return { ...bot, at };
}

async function open(branch: string, image: string) {
  const base = story.base['platform/envs/staging/gateway.yaml'] ?? '';
  const files = { 'platform/envs/staging/gateway.yaml': base.replace(/(image: .*:)[\d.]+/, `$1${image}`) };
  const head = await repository.commit(branch, files, branch);
  return { head, pull: await repository.openPull({ title: branch, author: 'octo-dev', head: branch }) };
}

const statuses = (head: string) => repository.checkRuns(head).map(({ status }) => status);

const reviewed = (head: string) =>
  until(`the check of ${head}`, () => (statuses(head).includes('completed') ? true : undefined));

const deliveries = (event: string) =>
  world.github.hooks.deliveries.filter((sent) => sent.event === event).map(({ id }) => id);

async function probe(at: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const answer = await fetch(`${at}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function liveImage(): Promise<string> {
  const path = '/apis/apps/v1/namespaces/shop/deployments';
  const { items } = (await (await fetch(`${world.apiServers.staging.url}${path}`)).json()) as { items: unknown[] };
  return JSON.stringify(items);
}

/** A span and all it lies within, outermost last. */
function within(span: SeenSpan | undefined): readonly string[] {
  if (span === undefined) return [];
  return [span.name, ...within(collector.spans.find(({ spanId }) => spanId === span.parentSpanId))];
}

describe('a bot that is watched', () => {
  let bot: CliBot & { readonly at: string };
  let first: { readonly head: string; readonly pull: number };

  test('is ready once store, queue and forge are, and names them', async () => {
    bot = await startBot();

    const { body } = await eventually('a bot that is ready', async () => {
      const seen = await probe(bot.at);
      return seen.status === 200 ? seen : undefined;
    });

    expect(body).toEqual({
      status: 'ready',
      parts: {
        intake: { status: 'ok' },
        store: { status: 'ok' },
        queue: { status: 'ok' },
        'forge github': { status: 'ok' },
      },
    });
  }, 300_000);

  test('counts a webhook, its review, and the requests they took', async () => {
    first = await open('opening-pull', '1.14.1');
    await reviewed(first.head);

    const page = await eventually('the review among the figures', async () => {
      const text = await (await fetch(`${bot.at}/metrics`)).text();
      return seriesOf(text, 'fairlead_reviews_total').size > 0 ? text : undefined;
    });

    const value = (series: string) => seriesOf(page, series.replace(/\{.*/, '')).get(series);
    expect([...seriesOf(page, 'fairlead_reviews_total')]).toEqual([
      [expect.stringMatching(/^fairlead_reviews_total\{forge="github",verdict="\w+"\}$/), 1],
    ]);
    expect(value('fairlead_webhooks_total{event="pull_request",result="accepted"}')).toBe(1);
    expect(value('fairlead_webhook_duration_seconds_count')).toBeGreaterThan(0);
    expect(value('fairlead_jobs_total{kind="review",result="done"}')).toBe(1);
    expect(value('fairlead_forge_requests_total{forge="github",method="POST",status="2xx"}')).toBeGreaterThan(1);
    expect(value('fairlead_forge_rate_limit_remaining{forge="github",resource="core"}')).toBeGreaterThan(0);
    expect(value('fairlead_forge_up{forge="github"}')).toBe(1);
    expect(page).toMatch(/^fairlead_build_info\{version="[\d.]+",node="v[\d.]+"\} 1$/m);
    expect(page).not.toMatch(/octo-dev|opening-pull|acme|[0-9a-f]{40}/);
  }, 300_000);

  test('says in every line of a job what it works on, and the webhook it goes back to', () => {
    const lines = bot.lines().filter(({ job }) => job === 'review');

    expect(lines.map(({ msg }) => msg)).toContain('reviewed');
    expect(lines.length).toBeGreaterThan(3);
    // A push to the branch it goes into has the pull looked at as well.
    const causes = [...deliveries('pull_request'), ...deliveries('push')];
    for (const line of lines)
      expect(line).toMatchObject({
        jobId: expect.stringMatching(/^[0-9a-f]{12}$/),
        jobKey: expect.stringContaining(`#${first.pull}`),
        repository: 'acme/shop',
        pull: first.pull,
        delivery: expect.stringMatching(new RegExp(`^(${causes.join('|')})$`)),
      });
  });

  test('sends one trace from the webhook to the comment, each stage a span', async () => {
    const report = await until('the last span of the review', () =>
      collector.spans.find(({ name, attributes }) => name === 'report' && attributes['fairlead.report'] === 'comment'),
    );
    await until('the webhook', () => (within(report).includes('webhook') ? true : undefined));

    expect(within(report)).toEqual(['report', 'job review', 'job begin', 'ingest', 'webhook']);
    const trace = collector.spans.filter(({ traceId }) => traceId === report.traceId);
    const names = new Set(trace.map(({ name }) => name));
    for (const name of ['fetch', 'render', 'validate', 'dry-run', 'cluster write', 'github POST', 'report'])
      expect(names).toContain(name);
    const dryRun = trace.find(({ name }) => name === 'dry-run');
    expect(dryRun?.attributes).toMatchObject({
      'deployment.environment.name': 'staging',
      'k8s.cluster.name': 'stg-eu',
    });
    const job = trace.find(({ name }) => name === 'job review');
    expect(job?.attributes).toMatchObject({
      'cicd.pipeline.name': 'review',
      'vcs.change.id': String(first.pull),
      'vcs.provider.name': 'github',
      'vcs.repository.name': 'acme/shop',
    });
    expect(collector.requests[0]?.headers.authorization).toBe(`Bearer ${collectorToken}`);
  }, 300_000);

  test('stops in the middle of a review and a deploy: no at the probe first, what comes is kept, exit 0', async () => {
    const second = await open('second', '1.14.2');
    await reviewed(second.head);
    const held = gate.hold((method) => method === 'PATCH');
    await repository.mergePull(first.pull, { by: 'octo-dev' });
    await until('a write of the deploy that is held', () => (held() > 0 ? true : undefined));
    const third = await open('third', '1.14.3');
    await until('a review that is under way', () => (statuses(third.head)[0] === 'in_progress' ? true : undefined));
    const before = held();
    await until('a dry-run of it that is held', () => (held() > before ? true : undefined));

    const began = performance.now();
    bot.child.kill('SIGTERM');
    const seen = await eventually('a probe that says no', async () => {
      const given = await probe(bot.at);
      return given.status === 503 ? given : undefined;
    });
    await repository.addComment(second.pull, 'octo-dev', '/fairlead help');
    const end = await bot.ended;

    expect(seen.body).toMatchObject({ status: 'not ready', parts: { intake: { reason: 'shutting down' } } });
    expect(world.github.hooks.deliveries.findLast(({ event }) => event === 'issue_comment')?.statuses).toEqual([202]);
    expect(repository.comments(second.pull)).toHaveLength(2);
    expect(end).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(statuses(third.head)).toEqual(['in_progress']);
    expect(await liveImage()).not.toContain('1.14.1');

    gate.open();
    bot = await startBot();
    await reviewed(third.head);
    await until('an answer to what came last', () => repository.comments(second.pull)[2]);
    await eventually('the deploy that went on', async () =>
      (await liveImage()).includes('1.14.1') ? true : undefined,
    );

    const left = [first, second, third].flatMap(({ head }) => statuses(head));
    expect(new Set(left)).toEqual(new Set(['completed']));
    const step = collector.spans.findLast(({ name }) => name === 'deploy step');
    await until('its span', () =>
      within(collector.spans.findLast(({ name }) => name === 'deploy step')).includes('webhook') ? true : undefined,
    );
    expect(step?.attributes).toMatchObject({ 'deployment.environment.name': 'staging', 'deployment.id': 'D-1' });
  }, 300_000);

  test('ends at once when told twice', async () => {
    bot.child.kill('SIGTERM');
    await eventually('a probe that says no', async () => ((await probe(bot.at)).status === 503 ? true : undefined));

    bot.child.kill('SIGTERM');

    expect(await bot.ended).toEqual({ code: null, signal: 'SIGTERM' });
  }, 300_000);

  test('told no secret to the log, the figures or the traces', () => {
    const key = world.github.app.privateKey.split('\n').filter((line) => line.length > 40);
    const values = [webhookSecret, collectorToken, 'correct-horse-battery-staple', 'tr0ub4dor-and-3-more', ...key];
    const spelled = values.flatMap((value) => [
      value,
      Buffer.from(value).toString('base64').replace(/=+$/, ''),
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
    ]);
    const told = [...bots.map(({ said }) => said()), ...collector.requests.map(({ body }) => body)].join('\n');

    expect(told.length).toBeGreaterThan(10_000);
    expect(spelled.filter((value) => told.includes(value))).toEqual([]);
    expect(told).not.toMatch(/\bgh[a-z]_[A-Za-z0-9]{10,}/);
  });
});
