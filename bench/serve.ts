import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { toYaml } from '../src/formats/yaml/write.ts';
import { createKeeper } from '../src/server/keep.ts';
import type { OpenedStore } from '../src/world/store/opened-store.ts';
import { openPostgres } from '../src/world/store/postgres/postgres.ts';
import { openSqlite } from '../src/world/store/sqlite/sqlite.ts';
import type { ControlPlane } from '../test/control-plane/control-plane.ts';
import { type Files, forges, type Hands } from '../test/scenario/loop/forges.ts';
import { ownPostgres } from '../test/support/postgres.ts';
import type { Bench, Lab, Row } from './bench.ts';
import { applyAll, openClusterStage } from './cluster-stage.ts';
import { manyObjects } from './objects.ts';
import { memoryOf } from './program.ts';
import { atMostGoal, figure, milliseconds } from './rows.ts';
import { type RunningBot, startSender, startServer } from './serve-stage.ts';
import { takeover } from './takeover.ts';
import { percentile } from './timing.ts';
import { quietComment } from './webhook-body.ts';

/** What the bot keeps what it knows in. */
interface StoreKind {
  readonly name: string;
  /** An empty one. */
  make(): Promise<StorePlace>;
}

/** Where the bot keeps what it knows. */
interface StorePlace {
  /** Variables the server is started with for it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Opens the store while no server runs. */
  open(dataDir: string): Promise<OpenedStore>;
}

/** The server as a process of its own: how soon it acknowledges, comes back, and how much memory it holds. */
export const serveBench: Bench = {
  name: 'serve',
  text: 'the bot as a process of its own, a pretend GitHub, a real API server',
  rival: null,
  run: async (lab) => {
    const plane = await lab.controlPlane();
    await applyLive(plane, lab);
    const rows: Row[] = [];
    const postgres = await ownPostgres();
    try {
      const fresh = async (): Promise<string> => (await postgres.freshDatabase()).url;
      for (const kind of stores(fresh)) rows.push(...(await withStore(kind, plane, lab)));
      lab.say('serve: workers that are killed');
      rows.push(await takeover(await fresh()));
    } finally {
      await postgres.remove();
    }
    return rows;
  },
};

function stores(fresh: () => Promise<string>): readonly StoreKind[] {
  const common = { now: () => new Date(), random: Math.random };
  const sqlite: StorePlace = {
    environment: {},
    open: (dataDir) => openSqlite({ ...common, path: join(dataDir, 'fairlead.db') }),
  };
  const postgres = (url: string): StorePlace => ({
    environment: { DATABASE_URL: url },
    open: () => openPostgres({ ...common, url }),
  });
  return [
    { name: 'SQLite', make: async () => sqlite },
    { name: 'PostgreSQL', make: async () => postgres(await fresh()) },
  ];
}

async function applyLive(plane: ControlPlane, lab: Lab): Promise<void> {
  lab.say(`serve: applying ${lab.sizes.objects} objects`);
  await plane.kubectl(['create', 'namespace', namespace]);
  const { cluster } = await openClusterStage(plane);
  try {
    await applyAll(cluster, manyObjects(lab.sizes.objects, namespace), lab.signal);
  } finally {
    await cluster.close();
  }
}

const namespace = 'bench-serve';

interface Field {
  readonly kind: StoreKind;
  readonly place: StorePlace;
  readonly lab: Lab;
  readonly hands: Hands;
  readonly dataDir: string;
  readonly start: () => Promise<RunningBot>;
}

async function withStore(kind: StoreKind, plane: ControlPlane, lab: Lab): Promise<readonly Row[]> {
  const busy = await onField('busy', { kind, plane, lab }, async (field) => [
    ...(await acknowledgements(field)),
    ...(await restart(field)),
  ]);
  // Without a repository nothing is swept or looked over meanwhile.
  return [...busy, ...(await onField('idle', { kind, plane, lab }, growth))];
}

async function onField(
  name: string,
  { kind, plane, lab }: Pick<Field, 'kind' | 'lab'> & { readonly plane: ControlPlane },
  measure: (field: Field) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const cwd = join(lab.dir, `serve-${kind.name}-${name}`);
  const dataDir = join(cwd, 'data');
  await mkdir(cwd);
  const hands = await (forges['github'] ?? (() => Promise.reject(new Error('no github'))))();
  const place = await kind.make();
  const program = await lab.program();
  const start = () =>
    startServer({ program, hands, dataDir, cwd, plane, environment: place.environment, signal: lab.signal });
  try {
    return await measure({ kind, place, lab, hands, dataDir, start });
  } finally {
    await hands.close();
  }
}

/** Sends 200 webhooks a second from before the review of a large pull until its check is done. */
async function acknowledgements({ kind, lab, hands, start }: Field): Promise<readonly Row[]> {
  lab.say(`serve: webhooks during a review, ${kind.name}`);
  hands.role('developer', 'write');
  await hands.commit('main', files(lab.sizes.objects, '1.0.0'), 'main');
  // What was prepared is none of what is measured: a webhook would wait for it to reach the disk.
  await promisify(execFile)('sync');
  const bot = await start();
  try {
    const sender = startSender({ url: `${bot.url}/hooks/github`, secret: bot.secret, rate: 200 });
    const head = await hands.commit('change', files(lab.sizes.objects, '1.1.0'), 'change');
    const begun = performance.now();
    await hands.openPull({ head: 'change', title: 'all of it', author: 'developer' });
    await until('the check of the large pull', () => hands.check(head) !== null, 180_000);
    const took = performance.now() - begun;
    const { times, failures } = await sender.stop();
    if (failures > 0) throw new Error(`${failures} webhooks were not acknowledged`);
    const p99 = percentile(times, 0.99);
    const what = `${times.length.toLocaleString('en')} webhooks at 200/s while ${lab.sizes.objects.toLocaleString('en')} objects are reviewed (${milliseconds(took)}), ${kind.name}`;
    const text = `p50 ${milliseconds(percentile(times, 0.5))}, p99 ${milliseconds(p99)}`;
    const rss = await memoryOf(bot.pid, 'VmHWM');
    return [
      figure(what, text, atMostGoal(p99, 50, ' ms')),
      figure(`the same, peak of memory, ${kind.name}`, `${Math.round(rss)} MiB`, null),
    ];
  } finally {
    await bot.stop();
  }
}

/** Lets 1,000 webhooks wait that nobody understood yet, starts the server and waits until all are. */
async function restart({ kind, place, lab, dataDir, start }: Field): Promise<readonly Row[]> {
  lab.say(`serve: 1,000 jobs after a restart, ${kind.name}`);
  const waiting = await place.open(dataDir);
  const logger = { warn: () => undefined };
  const keep = createKeeper('github', { store: waiting.store, queue: waiting.queue, now: () => new Date(), logger });
  const body = quietComment();
  const ids = Array.from({ length: 1_000 }, (_, index) => `bench-${index}`);
  for (const id of ids) {
    const headers = { 'x-github-event': 'issue_comment', 'content-type': 'application/json' };
    await keep({ id, event: 'issue_comment', headers, body });
  }
  await waiting.close();
  const begun = performance.now();
  const bot = await start();
  const ready = performance.now() - begun;
  await bot.drained();
  const drained = performance.now() - begun;
  await bot.stop();
  return [
    figure(`start to ready, 1,000 jobs waiting, ${kind.name}`, milliseconds(ready), atMostGoal(ready / 1000, 2, ' s')),
    figure(`start to all 1,000 done, ${kind.name}`, milliseconds(drained), atMostGoal(drained / 1000, 10, ' s')),
  ];
}

/** Memory may differ so much without having grown: how much is free varies from one moment to the next. */
const wavers = 16;

/** Memory after the start, and after one and five minutes of 20 webhooks a second. */
async function growth({ kind, lab, start }: Field): Promise<readonly Row[]> {
  const minute = lab.sizes.starts > 2 ? 60_000 : 1_000;
  lab.say(`serve: memory over ${(minute * 5) / 1000} s, ${kind.name}`);
  const bot = await start();
  try {
    await delay(3_000, undefined, { signal: lab.signal });
    const idle = await memoryOf(bot.pid, 'VmRSS');
    const sender = startSender({ url: `${bot.url}/hooks/github`, secret: bot.secret, rate: 20 });
    await delay(minute, undefined, { signal: lab.signal });
    const early = await memoryOf(bot.pid, 'VmRSS');
    await delay(4 * minute, undefined, { signal: lab.signal });
    const late = await memoryOf(bot.pid, 'VmRSS');
    const { failures } = await sender.stop();
    if (failures > 0) throw new Error(`${failures} webhooks were not acknowledged`);
    const text = [early, late].map((size) => `${Math.round(size)}`).join(', ');
    return [
      figure(`memory of an idle server, ${kind.name}`, `${Math.round(idle)} MiB`, atMostGoal(idle, 250, ' MiB')),
      figure(
        `memory after 1 min and 5 min of 20 webhooks/s, ${kind.name}`,
        `${text} MiB`,
        atMostGoal(late - early, wavers, ' MiB more'),
      ),
    ];
  } finally {
    await bot.stop();
  }
}

function files(count: number, version: string): Files {
  const texts = manyObjects(count, namespace, version).map(toYaml);
  const parts = Array.from({ length: Math.ceil(count / 10) }, (_, index) => index);
  return Object.fromEntries(
    parts.map((part) => [`apps/${part}.yaml`, texts.slice(part * 10, part * 10 + 10).join('---\n')]),
  );
}

async function until(what: string, holds: () => boolean, milliseconds: number): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end; ) {
    if (holds()) return;
    await delay(20);
  }
  throw new Error(`${what} did not come within ${milliseconds / 1000} s`);
}
