import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRecorder } from '../../../../src/world/forge/writes/recorder.ts';
import { settleWrites } from '../../../../src/world/forge/writes/settle.ts';
import type { Outbox } from '../../../../src/world/store/store.ts';
import { createClock } from '../../../contract/store-fixtures.ts';
import { openPull, openStage, redacted, type Stage } from '../github/setup.ts';
import { openOutbox, placeOf, recorded } from './stage.ts';

const { signal } = new AbortController();
const clock = createClock();
let stage: Stage;
let outbox: Outbox;
let number: number;
beforeAll(async () => {
  stage = await openStage();
  number = await openPull(stage.repo);
});
beforeEach(async () => {
  outbox = await openOutbox(clock.now);
});
afterAll(() => stage.stop());

const key = (place: string) => `write:github:${stage.repo.id}:${place}`;
const places = async () => (await outbox.open()).map(placeOf);
const comments = () => stage.repo.comments(number).map(({ body }) => body.split('\n')[1]);

describe('recording', () => {
  test('keeps an intent while the write is under way, and its outcome after', async () => {
    const port = await recorded(stage.port, outbox);
    const seen: string[][] = [];
    const watched = {
      ...outbox,
      finish: async (...args: Parameters<Outbox['finish']>) => {
        seen.push(await places());
        return outbox.finish(...args);
      },
    };
    const { id } = await (await recorded(stage.port, watched)).ensureComment(number, 'first', redacted('one'), null);

    await port.ensureComment(number, 'first', redacted('two'), null);

    expect(seen).toEqual([[`comment:pull:${number}:first`]]);
    expect(await places()).toEqual([]);
    expect(await outbox.outcome(key(`comment:pull:${number}:first`))).toEqual({ id, did: 'edited' });
  });

  test('makes no row for what stands already', async () => {
    await stage.port.ensureComment(number, 'standing', redacted('one'), null);
    await stage.port.acknowledge({ kind: 'pull', number }, await stage.repo.addComment(number, 'mona', 'hi'), 'seen');
    const port = await recorded(stage.port, outbox);

    await port.ensureComment(number, 'standing', redacted('one'), null);
    await port.retireComment(number, 'nothing-there');
    await port.setLabels(number, { add: [], remove: [] });

    expect(await places()).toEqual([]);
    expect(await outbox.outcome(key(`comment:pull:${number}:standing`))).toBeNull();
  });

  test('closes what the forge refused, and still knows what it made before', async () => {
    const port = await recorded(stage.port, outbox);
    const { id } = await port.ensureComment(number, 'refused', redacted('one'), null);
    stage.github.faults.add({ kind: 'forbidden', method: 'PATCH', path: /comments/ });

    await expect(port.ensureComment(number, 'refused', redacted('two'), null)).rejects.toThrow();

    expect(await places()).toEqual([]);
    const kept = await outbox.outcome(key(`comment:pull:${number}:refused`));
    expect(kept).toEqual({ id, did: 'created', refused: 'github-forbidden' });
  });

  test('sends nothing when the intent cannot be kept', async () => {
    const full = { ...outbox, renew: () => Promise.reject(new Error('disk full')) };
    const port = await recorded(stage.port, full);
    const before = stage.github.requests.filter(({ method }) => method !== 'GET').length;

    const writing = port.ensureComment(number, 'unkept', redacted('one'), null);

    await expect(writing).rejects.toThrow('disk full');
    expect(stage.github.requests.filter(({ method }) => method !== 'GET')).toHaveLength(before);
  });

  test('comes to an end within the process that lost the answer, when the write is tried again', async () => {
    const port = await recorded(stage.port, outbox);
    stage.github.faults.add({ kind: 'reset-after-commit', method: 'POST', path: /\/comments$/ });

    await expect(port.ensureComment(number, 'again', redacted('one'), null)).rejects.toThrow();
    const left = await places();
    const outcome = await port.ensureComment(number, 'again', redacted('one'), null);

    expect(left).toEqual([`comment:pull:${number}:again`]);
    expect(outcome.did).toBe('unchanged');
    expect(await places()).toEqual([]);
  });
});

describe('settling what a process left open', () => {
  const settle = async (before = clock.now()) => {
    const faults: unknown[] = [];
    const onFault = (_key: string, error: unknown) => void faults.push(error);
    const recorder = createRecorder(outbox, []);
    const port = async () => stage.port;
    const settled = await settleWrites(before, { open: outbox.open, recorder, port, onFault, signal });
    return { settled, faults };
  };
  const cutOff = async (kind: 'reset' | 'reset-after-commit', name: string) => {
    stage.github.faults.add({ kind, method: 'POST', path: /\/comments$/ });
    const writing = (await recorded(stage.port, outbox)).ensureComment(number, name, redacted(name), /x/);
    await expect(writing).rejects.toThrow();
    clock.advance(1_000);
  };

  test.each(['reset', 'reset-after-commit'] as const)('has one comment after %s', async (kind) => {
    await cutOff(kind, `cut-${kind}`);

    expect(await settle()).toEqual({ settled: 1, faults: [] });

    expect(comments().filter((text) => text === `cut-${kind}`)).toHaveLength(1);
    expect(await places()).toEqual([]);
  });

  test('leaves alone what was only just begun', async () => {
    await cutOff('reset', 'young');

    expect(await settle(new Date(clock.now().getTime() - 60_000))).toEqual({ settled: 0, faults: [] });
    expect(comments()).not.toContain('young');
  });

  test('tries again the next time when the forge is away', async () => {
    await cutOff('reset', 'away');
    stage.github.faults.add({ kind: 'forbidden', method: 'GET', path: /\/comments$/ });

    const first = await settle();
    const second = await settle();

    expect([first.settled, first.faults.length, second.settled]).toEqual([0, 1, 1]);
    expect(comments()).toContain('away');
  });

  test('says nothing that is out of date: a newer word on its way comes first', async () => {
    await cutOff('reset', 'newer');
    const open = (await outbox.open()).map((entry) => entry.key);
    const recorder = createRecorder(outbox, open);
    const faults: unknown[] = [];
    const tools = { open: outbox.open, recorder, signal, port: async () => stage.port };

    const [settled, outcome] = await Promise.all([
      settleWrites(clock.now(), { ...tools, onFault: (_key, error) => void faults.push(error) }),
      recorder.port(stage.port).ensureComment(number, 'newer', redacted('newest word'), null),
    ]);

    expect([faults, outcome.did === 'created' ? settled : 1]).toEqual([[], outcome.did === 'created' ? 0 : 1]);
    expect(comments()).toContain('newest word');
    expect(comments()).not.toContain('newer');
    expect(await places()).toEqual([]);
  });

  test('never merges, closes or opens anything by itself', async () => {
    const repo = { ...stage.port.ref };
    const intents = [
      ['merge', [number, 'a'.repeat(40)]],
      ['closePull', [number]],
      ['ensurePull', ['fairlead/none']],
      ['ensureBranchCommit', ['fairlead/none']],
    ] as const;
    for (const [method, args] of intents)
      await outbox.renew({ key: key(method), operation: method, subject: 's', payload: { repo, method, args } });
    clock.advance(1_000);
    const before = stage.github.requests.filter(({ method }) => method !== 'GET').length;

    await settle();

    const outcomes = await Promise.all(intents.map(([method]) => outbox.outcome(key(method))));
    expect(outcomes).toEqual(intents.map(() => ({ did: 'not-done' })));
    expect(stage.github.requests.filter(({ method }) => method !== 'GET')).toHaveLength(before);
  });

  test('finds a branch and a pull that were made', async () => {
    const branch = 'fairlead/made';
    await stage.repo.commit(branch, { 'made.yaml': 'a: 1\n' });
    await stage.repo.openPull({ title: 'Made', author: 'fairlead[bot]', head: branch });
    const repo = { ...stage.port.ref };
    for (const method of ['ensureBranchCommit', 'ensurePull'])
      await outbox.renew({
        key: key(method),
        operation: method,
        subject: 's',
        payload: { repo, method, args: [branch] },
      });
    clock.advance(1_000);

    await settle();

    expect(await outbox.outcome(key('ensureBranchCommit'))).toEqual({ did: 'found' });
    expect(await outbox.outcome(key('ensurePull'))).toEqual({ did: 'found' });
  });

  test('gives up what the forge will not have, and what it cannot read', async () => {
    const repo = { ...stage.port.ref };
    const gone = { repo, method: 'ensureComment', args: [9_999, 'gone', 'text', null] };
    await outbox.renew({ key: key('gone'), operation: 'comment', subject: 's', payload: gone });
    await outbox.renew({ key: key('odd'), operation: 'comment', subject: 's', payload: { method: 'ensureMoon' } });
    clock.advance(1_000);

    expect(await settle()).toEqual({ settled: 2, faults: [] });

    expect(await outbox.outcome(key('gone'))).toMatchObject({ did: 'refused' });
    expect(await outbox.outcome(key('odd'))).toEqual({ did: 'unreadable' });
  });
});
