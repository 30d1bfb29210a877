import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Job } from '../../src/model/jobs.ts';
import { type IntakeTools, workIntake } from '../../src/server/intake.ts';
import { createKeeper, type KeepTools } from '../../src/server/keep.ts';
import type { RawDelivery } from '../../src/world/forge/receiver.ts';
import type { Queue } from '../../src/world/store/queue.ts';
import { openSqlite } from '../../src/world/store/sqlite/sqlite.ts';
import type { Store } from '../../src/world/store/store.ts';
import { until } from '../support/until.ts';
import { openPull, openStage, quiet, type Stage } from '../world/forge/github/setup.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
  await openPull(stage.repo);
});

interface Intake {
  readonly tools: IntakeTools & KeepTools;
  readonly keep: ReturnType<typeof createKeeper>;
  readonly store: Store;
  readonly queue: Queue;
  readonly done: Job[];
  readonly failures: string[];
  close(): Promise<void>;
}

async function open(forge = stage.forge): Promise<Intake> {
  const now = (): Date => new Date();
  const failures: string[] = [];
  const onFailure = (job: Job): void => void failures.push(job.kind);
  const { store, queue, close } = await openSqlite({ path: ':memory:', lock: false, now, random: () => 0, onFailure });
  const tools = { store, queue, forge: () => forge, now, logger: quiet, moved: () => undefined };
  const done: Job[] = [];
  for (const kind of ['begin', 'merged', 'branch', 'sweep'] as const)
    queue.work(kind, async (job) => void done.push(job));
  workIntake(queue, tools);
  return { tools, keep: createKeeper('github', tools), store, queue, done, failures, close };
}

/** The webhook of the pull that was opened. */
function delivery(body?: string) {
  const found = stage.github.hooks.deliveries.find(({ event }) => event === 'pull_request');
  const headers = {
    'x-github-event': 'pull_request',
    'x-hub-signature-256': 'sha256=secret',
    'content-type': 'application/json',
  };
  return { id: found?.id ?? '', event: 'pull_request', body: Buffer.from(body ?? found?.payload ?? ''), headers };
}

/** Looks, over and over, whether nothing waits or runs any more. */
function emptied(queue: Queue): () => true | undefined {
  let size = -1;
  return () => {
    void queue.size().then((now) => {
      size = now;
    });
    return size === 0 ? true : undefined;
  };
}

describe('a webhook', () => {
  test('is kept with its job, once, without its signature', async () => {
    const { keep, store, queue, close } = await open();

    const answers = [await keep(delivery()), await keep(delivery())];

    const kept = await store.deliveries.get('github', delivery().id);
    expect(answers).toEqual([true, false]);
    expect(await queue.size()).toBe(1);
    expect(kept?.headers).toEqual({ 'x-github-event': 'pull_request', 'content-type': 'application/json' });
    await close();
  });

  test('that is kept becomes work, and its repository is known from then on', async () => {
    const { keep, store, queue, done, close } = await open();
    await keep(delivery());
    queue.start();
    await until('the review', () => done[0]);
    await until('the end of the job', () => (done.length === 1 ? true : undefined));

    expect(done[0]).toMatchObject({ kind: 'begin', payload: { pull: 1, before: null } });
    expect((await store.repos.list()).map(({ fullName }) => fullName)).toEqual(['acme/gitops']);
    await close();
  });

  test('that cannot be understood is set aside, and the next one is worked on', async () => {
    const { keep, store, queue, done, failures, close } = await open();
    await keep({ ...delivery('{"action":"opened"}'), id: 'bad' });
    await keep(delivery());
    queue.start();
    await until('the review', () => done[0]);

    expect((await store.deliveries.get('github', 'bad'))?.state).toBe('poison');
    expect(failures).toEqual([]);
    await close();
  });

  test('that was set aside is tried again when it comes again, and each time there is one alert', async () => {
    const { tools, store, queue, done, close } = await open();
    const alerts: string[] = [];
    const errors: unknown[] = [];
    let isBroken = true;
    const receiver = {
      ...stage.forge.receiver,
      normalise: (raw: RawDelivery) =>
        stage.forge.receiver.normalise(isBroken ? { ...raw, body: Buffer.from('{') } : raw),
    };
    const told = {
      ...{ ...tools, forge: () => ({ ...stage.forge, receiver }), poisoned: (name: string) => void alerts.push(name) },
      logger: { ...quiet, error: (facts: unknown) => void errors.push(facts), info: () => undefined } as never,
    };
    workIntake(queue, told);
    const keep = createKeeper('github', told);
    await keep(delivery());
    queue.start();
    await until('the alert', () => alerts[0]);
    const aside = await store.deliveries.get('github', delivery().id);

    isBroken = false;
    const again = await keep(delivery());
    await until('the review', () => done[0]);

    expect([aside?.state, again]).toEqual(['poison', false]);
    expect(alerts).toEqual(['github']);
    expect(errors).toHaveLength(1);
    expect(done).toHaveLength(1);
    await close();
  });

  test('that was worked on is not worked on again when it comes again', async () => {
    const { keep, queue, done, close } = await open();
    await keep(delivery());
    queue.start();
    await until('the review', () => done[0]);
    await until('an empty queue', emptied(queue));

    await keep(delivery());

    expect(await queue.size()).toBe(0);
    await close();
  });

  test('over which Fairlead itself stumbles is tried again by itself', async () => {
    const receiver = {
      ...stage.forge.receiver,
      normalise: () => {
        throw new TypeError('a fault of our own');
      },
    };
    const { keep, store, queue, failures, close } = await open({ ...stage.forge, receiver });
    await keep(delivery());
    queue.start();
    await until('the failure', () => failures[0]);

    expect((await store.deliveries.get('github', delivery().id))?.state).toBe('apart');
    expect(await queue.size()).toBe(1);
    await close();
  });

  test('that comes with others is written with them, and those that fail share it', async () => {
    const { tools, store, close } = await open();
    const transactions: string[] = [];
    const counted = new Proxy(store, {
      get: (target, name) => {
        if (name !== 'transaction') return Reflect.get(target, name, target);
        return (...given: Parameters<Store['transaction']>) => {
          transactions.push('begun');
          return transactions.length === 3 ? Promise.reject(new Error('no store')) : target.transaction(...given);
        };
      },
    });
    const keep = createKeeper('github', { ...tools, store: counted });
    const come = (ids: readonly string[]) => Promise.allSettled(ids.map((id) => keep({ ...delivery(), id })));

    const together = await come(['first', 'second', 'third', 'second']);
    const failed = await come(['fourth']);
    const after = await come(['fourth']);

    expect(together.map((end) => end.status === 'fulfilled' && end.value)).toEqual([true, true, true, false]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected']);
    expect(after).toEqual([{ status: 'fulfilled', value: true }]);
    // The first comes alone, those that come while it is written come together.
    expect(transactions).toHaveLength(4);
    await close();
  });

  test('that takes long to write holds up no other, while three at most are being written', async () => {
    const { tools, close } = await open();
    const writes = new Map<string, () => void>();
    const keepBehind: KeepTools['keepBehind'] = async (rows) => {
      const ids = rows.map(({ id }) => id);
      await new Promise<void>((resolve) => void writes.set(ids.join(), resolve));
      return new Set(ids);
    };
    const keep = createKeeper('github', { ...tools, keepBehind });
    const answers: string[] = [];
    const come = (id: string) => void keep({ ...delivery(), id }).then(() => answers.push(id));
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      for (const id of ['first', 'second', 'third', 'fourth', 'fifth']) {
        come(id);
        await jest.advanceTimersByTimeAsync(20);
      }
      const atOnce = [...writes.keys()];
      writes.get('second')?.();
      await jest.advanceTimersByTimeAsync(20);

      expect(atOnce).toEqual(['first', 'second', 'third']);
      expect([...writes.keys()]).toEqual([...atOnce, 'fourth,fifth']);
      expect(answers).toEqual(['second']);
    } finally {
      jest.useRealTimers();
      await close();
    }
  });

  test('of many that wait is understood with few at first, so that a process that dies early got through some', async () => {
    const { tools, keep, store, queue, done, close } = await open();
    const sizes: number[] = [];
    const added: string[] = [];
    const deliveries: Store['deliveries'] = {
      ...store.deliveries,
      settleAll: (tx, forge, outcomes) => {
        sizes.push(outcomes.length);
        return store.deliveries.settleAll(tx, forge, outcomes);
      },
    };
    const watched: Queue = Object.assign(Object.create(queue), {
      add: (...given: Parameters<Queue['add']>) => {
        added.push(given[1].kind);
        return queue.add(...given);
      },
    });
    workIntake(queue, { ...tools, store: Object.assign(Object.create(store), { deliveries }), queue: watched });
    for (let nth = 0; nth < 250; nth += 1) await keep({ ...delivery(), id: `${nth}` });
    queue.start();
    await until('the review', () => done[0]);
    await until('an empty queue', emptied(queue));

    expect(sizes).toEqual([10, 20, 40, 80, 100]);
    // All tell of one pull: of those that are understood together one is enough.
    expect(added).toEqual(Array.from({ length: 5 }, () => 'begin'));
    await close();
  });

  test('over which Fairlead stumbles keeps no other from being understood', async () => {
    const receiver = {
      ...stage.forge.receiver,
      normalise: (raw: RawDelivery) => {
        if (Buffer.from(raw.body).equals(Buffer.from('{}'))) throw new TypeError('a fault of our own');
        return stage.forge.receiver.normalise(raw);
      },
    };
    const { keep, store, queue, done, failures, close } = await open({ ...stage.forge, receiver });
    await Promise.all([keep({ ...delivery('{}'), id: 'ours' }), keep(delivery())]);
    queue.start();
    await until('the review', () => done[0]);
    await until('the failure', () => failures[0]);

    expect((await store.deliveries.get('github', 'ours'))?.state).toBe('apart');
    expect((await store.deliveries.get('github', delivery().id))?.state).toBe('processed');
    await close();
  });
});
