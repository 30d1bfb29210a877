import { describe, expect, test } from '@jest/globals';
import type { RepoPort } from '../../src/world/forge/forge.ts';
import { createRecorder } from '../../src/world/forge/writes/recorder.ts';
import { settleWrites } from '../../src/world/forge/writes/settle.ts';
import type { Outbox } from '../../src/world/store/store.ts';
import { openOutbox, recorded } from '../world/forge/writes/stage.ts';
import { pullThread, type StageLoss, type StageMaking } from './forge-stage.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

const losses: readonly StageLoss[] = [
  'server-error-after-commit',
  'bad-gateway-after-commit',
  'gateway-timeout-after-commit',
  'reset-after-commit',
  'truncated',
  'html',
];

/** Made again without a person or a job that wants it: what only says something. */
const said: readonly StageMaking[] = ['comment', 'reaction', 'check', 'issue', 'deployment'];
const looked: readonly StageMaking[] = ['branch', 'pull'];
const all: readonly StageMaking[] = [...said, ...looked];

/** What a making is about: a name nobody used yet, and what has to be there before. */
interface Subject {
  readonly name: string;
  readonly pull: number;
  readonly head: string;
  readonly base: string;
  readonly comment: number;
}

const makings: Readonly<Record<StageMaking, (port: RepoPort, subject: Subject) => Promise<unknown>>> = {
  comment: (port, { pull, name }) => port.ensureComment(pull, name, redacted(name), /x/),
  reaction: (port, { pull, comment }) => port.acknowledge(pullThread(pull), comment, 'seen'),
  check: (port, { head, name }) => {
    const texts = { title: redacted('Ready'), summary: redacted('summary') };
    return port.report(head, { name, state: 'done', conclusion: 'success', annotations: [], ...texts });
  },
  branch: (port, { name, base }) => {
    const files = new Map([[`${name}.yaml`, Buffer.from('a: 1\n')]]);
    return port.ensureBranchCommit({ branch: name, base, files, message: redacted('m') });
  },
  pull: (port, { name }) => {
    const texts = { title: redacted(name), body: redacted('body') };
    return port.ensurePull({ key: name, branch: name, base: 'main', labels: ['fairlead/revert'], ...texts });
  },
  issue: (port, { name }) => port.ensureIssue(name, redacted(name), redacted('body'), null),
  deployment: (port, { name, head }) =>
    port.startDeployment({ key: name, environment: name, sha: head, branch: 'main', description: redacted('d') }),
};

/** Writes whose answer was lost, with their intents kept: the next process finds what was made, and makes no second. */
export function describeLostAnswers({ stage, onePull, unique }: ForgeSuite): void {
  async function newSubject(what: StageMaking): Promise<Subject> {
    const pull = await onePull();
    const name = `fairlead/${unique(what)}`;
    if (what === 'pull') await stage().commit(name, { [`${name}.yaml`]: 'a: 1\n' });
    const comment = what === 'reaction' ? await stage().addComment(pullThread(pull), 'mona', 'hello') : 0;
    const { sha: head } = (await stage().port.pull(pull)).head;
    return { name, pull, head, base: (await stage().port.branchHead('main')) ?? '', comment };
  }
  const counts: Readonly<Record<StageMaking, (subject: Subject) => number | Promise<number>>> = {
    comment: ({ pull, name }) =>
      stage()
        .comments(pullThread(pull))
        .filter(({ body }) => body.endsWith(`\n${name}`)).length,
    reaction: ({ pull, comment }) => stage().reactions(pullThread(pull), comment).length,
    check: ({ head, name }) =>
      stage()
        .checks(head)
        .filter((check) => check.name === name).length,
    branch: async ({ name }) => ((await stage().port.branchHead(name)) === null ? 0 : 1),
    pull: ({ name }) =>
      stage()
        .pulls()
        .filter(({ title }) => title === name).length,
    issue: ({ name }) =>
      stage()
        .issues()
        .filter(({ title }) => title === name).length,
    deployment: ({ name }) =>
      stage()
        .deployments()
        .filter(({ environment }) => environment === name).length,
  };

  /** A process that starts now: it remembers nothing, and reads what those before it left open. */
  const started = async (outbox: Outbox): Promise<RepoPort> => recorded(await stage().restart(), outbox);

  describe('a write whose answer was lost', () => {
    // Every way to lose an answer for one write, every write for one way of each sort.
    const cases = all.flatMap((what) => {
      const kinds = what === 'comment' ? losses : losses.filter((kind) => /^(server|reset|trunc)/.test(kind));
      return kinds.map((kind) => [what, kind] as const);
    });
    test.each(cases)('makes one %s: %s, then a new process', async (what, kind) => {
      const subject = await newSubject(what);
      const outbox = await openOutbox();
      const make = makings[what];
      stage().loseAnswer(what, kind);

      await expect(make(await started(outbox), subject)).rejects.toMatchObject({ kind: 'unavailable' });
      const [sent, left] = [stage().made(what), await outbox.open()];
      await make(await started(outbox), subject);

      expect(left).toHaveLength(1);
      expect(await counts[what](subject)).toBe(1);
      expect(await outbox.open()).toEqual([]);
      // It was looked for, not sent again.
      expect(stage().made(what)).toBe(sent);
    });

    test.each(all)('makes one %s where the process died before it kept the answer', async (what) => {
      const subject = await newSubject(what);
      const outbox = await openOutbox();
      const make = makings[what];
      const died = { ...outbox, finish: () => Promise.reject(new Error('killed')) };

      await expect(make(await started(died), subject)).rejects.toThrow('killed');
      const [sent, left] = [stage().made(what), await outbox.open()];
      await make(await started(outbox), subject);

      expect(left).toHaveLength(1);
      expect(await counts[what](subject)).toBe(1);
      expect([stage().made(what), await outbox.open()]).toEqual([sent, []]);
    });
  });

  describe('settling a write whose answer was lost', () => {
    async function settle(outbox: Outbox): Promise<{ readonly settled: number; readonly faults: readonly unknown[] }> {
      const faults: unknown[] = [];
      const { signal } = new AbortController();
      const port = await stage().restart();
      const settled = await settleWrites(new Date(Date.now() + 1_000), {
        ...{ open: outbox.open, recorder: createRecorder(outbox, []), signal, port: async () => port },
        onFault: (_key, error) => void faults.push(error),
      });
      return { settled, faults };
    }

    test.each([...said.map((what) => [what, 'again'] as const), ...looked.map((what) => [what, 'found'] as const)])(
      'brings the one %s to its end: %s',
      async (what, did) => {
        const subject = await newSubject(what);
        const outbox = await openOutbox();
        stage().loseAnswer(what, 'reset-after-commit');
        await expect(makings[what](await started(outbox), subject)).rejects.toThrow();
        const [[open], sent] = [await outbox.open(), stage().made(what)];

        expect(await settle(outbox)).toEqual({ settled: 1, faults: [] });

        expect(await outbox.outcome(open?.key ?? '')).toMatchObject({ did });
        expect([await counts[what](subject), stage().made(what)]).toEqual([1, sent]);
      },
    );
  });

  describe('a list that lags behind', () => {
    test('hides no comment: it is found by its id, and not written twice', async () => {
      const pull = await onePull();
      const key = unique('lagging');
      const port = await recorded(stage().port, await openOutbox());
      const first = await port.ensureComment(pull, key, redacted('one'), null);
      stage().hideComments([first.id]);

      const second = await port.ensureComment(pull, key, redacted('two'), null);

      expect(second).toMatchObject({ id: first.id, did: 'edited' });
      stage().hideComments([]);
    });
  });

  describe('a deployment that ended', () => {
    test('is the same one for a process that starts afterwards', async () => {
      const subject = await newSubject('deployment');
      const outbox = await openOutbox();
      const port = await started(outbox);
      const ref = { id: Number(((await makings.deployment(port, subject)) as { id: number }).id) };
      await port.finishDeployment(ref, 'success', redacted('healthy'));

      const again = await makings.deployment(await started(outbox), subject);

      expect(again).toEqual(ref);
      expect(await counts.deployment(subject)).toBe(1);
    });
  });
}
