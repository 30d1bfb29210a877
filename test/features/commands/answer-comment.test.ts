import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answerComment } from '../../../src/features/commands/answer-comment.ts';
import { commands } from '../../../src/features/commands/commands.ts';
import { parseCommands } from '../../../src/features/commands/parse.ts';
import { workCommands } from '../../../src/features/commands/serve.ts';
import type { CommandTools } from '../../../src/features/commands/tools.ts';
import { FairleadError } from '../../../src/model/error.ts';
import type { Job } from '../../../src/model/jobs.ts';
import type { RepoRef, Thread } from '../../../src/model/repo.ts';
import type { Settings } from '../../../src/model/settings.ts';
import { type OpenedStore, openSqlite } from '../../../src/world/store/sqlite/sqlite.ts';
import { deploymentOf } from '../../support/deployments.ts';
import { until } from '../../support/until.ts';
import { openStage, redacted, type Stage } from '../../world/forge/github/setup.ts';
import { environmentOf, plan, settingsOf } from './facts.ts';

let stage: Stage;
let opened: OpenedStore;
let pull: number;
let time = Date.parse('2026-11-22T14:00:00Z');
let settings: () => Promise<Settings>;
const done: Job[] = [];

const later = (seconds: number): void => {
  time += seconds * 1_000;
};
const repo = (): RepoRef => stage.port.ref;
const thread = (): Thread => ({ kind: 'pull', number: pull });
const tools = (): CommandTools => ({
  forges: () => stage.forge,
  store: opened.store,
  queue: opened.queue,
  settings: async () => ({ settings: await settings(), problem: null }),
  redact: redacted,
  now: () => new Date(time),
  parse: async (body) => parseCommands(body),
});

/** A comment, half a minute after whatever was shown. */
async function say(author: string, body: string, issue = pull): Promise<number> {
  later(30);
  return stage.repo.addComment(issue, author, body);
}

function carryOut(
  comment: number,
  author: string,
  change: { thread?: Thread; tools?: Partial<CommandTools> } = {},
): Promise<void> {
  const job = { repo: repo(), thread: change.thread ?? thread(), comment, author };
  return answerComment(job, commands, { ...tools(), ...change.tools }, AbortSignal.timeout(60_000));
}

const replies = (issue = pull): readonly string[] =>
  stage.repo
    .comments(issue)
    .filter(({ author }) => author.login.endsWith('[bot]'))
    .map(({ body }) => body);
const reactions = (comment: number): readonly string[] =>
  [...stage.repo.comments(pull), ...stage.repo.issues().flatMap(({ number }) => stage.repo.comments(number))]
    .filter(({ id }) => id === comment)
    .flatMap((one) => one.reactions.map(({ content }) => content));
const audited = async (): Promise<readonly string[]> =>
  (await opened.store.audit.read({ after: 0, limit: 1_000 })).map(({ action, actor }) => `${action} by ${actor}`);
const marks = async (): Promise<readonly string[]> =>
  (await opened.store.pulls.marks(repo(), pull)).map(({ kind, subject, by }) =>
    `${kind} ${subject} by ${by}`.replace('  ', ' '),
  );

beforeAll(async () => {
  stage = await openStage({ now: () => new Date(time) });
  for (const [login, role] of [
    ['wanda', 'write'],
    ['rita', 'read'],
    ['max', 'maintain'],
  ] as const)
    stage.repo.setRole(login, role);
});
afterAll(() => stage.stop());

beforeEach(async () => {
  opened = await openSqlite({ path: ':memory:', now: () => new Date(), random: () => 0 });
  settings = async () => settingsOf('enforce', environmentOf());
  done.length = 0;
  later(60);
  const branch = `topic-${time}`;
  const sha = await stage.repo.commit(branch, { 'apps/web.yaml': `at: ${time}\n` });
  pull = await stage.repo.openPull({ title: 'Change web', author: 'mona', head: branch });
  await opened.store.plans.save(null, {
    ...plan,
    repo: repo(),
    pull,
    head: sha,
    shownAt: new Date(time).toISOString(),
  });
});
afterEach(() => opened.close());

test('is carried out, answered once and acknowledged', async () => {
  const comment = await say('wanda', 'Looks good.\n\n/fairlead approve prod');

  await carryOut(comment, 'wanda');

  expect(await marks()).toEqual(['approve prod by wanda']);
  expect(replies()).toEqual([expect.stringContaining('`prod` is approved')]);
  expect(reactions(comment)).toEqual(['rocket']);
  expect(await audited()).toEqual(['pull-marked by wanda', 'command-answered by wanda']);
  expect((await opened.store.pulls.marks(repo(), pull))[0]?.at).toBe(new Date(time).toISOString());
});

test('has one effect however often the job runs', async () => {
  const comment = await say('wanda', '/fairlead hold for QA\n/fairlead pause prod');

  await carryOut(comment, 'wanda');
  await opened.store.pulls.unmark(null, repo(), pull, 'hold', '');
  await carryOut(comment, 'wanda');

  expect(await marks()).toEqual([]);
  expect(replies()).toHaveLength(1);
  expect(await audited()).toHaveLength(4);
  expect(reactions(comment)).toEqual(['rocket']);
});

test('is not done again when only the answer failed', async () => {
  const comment = await say('wanda', '/fairlead hold');
  const broken = {
    ...stage.forge,
    repo: async () => ({ ...stage.port, reply: () => Promise.reject(new Error('lost')) }),
  };

  await expect(carryOut(comment, 'wanda', { tools: { forges: () => broken } })).rejects.toThrow('lost');
  await opened.store.pulls.unmark(null, repo(), pull, 'hold', '');
  await carryOut(comment, 'wanda');

  expect(await marks()).toEqual([]);
  expect(replies()).toEqual([expect.stringContaining('nothing of this pull is deployed')]);
});

test('reads every deployment of the environment for a rollback, whatever pull it came from', async () => {
  for (const [index, state] of (['healthy', 'failed'] as const).entries()) {
    const { id: _, ...draft } = deploymentOf({ id: '', repo: repo(), commit: String(index).repeat(40), state });
    await opened.store.deployments.create(null, { ...draft, pulls: [] });
  }

  await carryOut(await say('wanda', '/fairlead rollback prod'), 'wanda');
  await carryOut(await say('wanda', '/fairlead rollback prod nothing'), 'wanda');

  expect(replies()).toEqual([
    expect.stringContaining('back to the last commit that was healthy'),
    expect.stringContaining('nothing of `nothing` was deployed to `prod` yet'),
  ]);
});

test('runs from the queue, and hands deploy jobs on', async () => {
  const { id: _id, ...blank } = deploymentOf({ id: '' });
  const waiting = await opened.store.deployments.create(null, { ...blank, repo: repo(), pulls: [pull] });
  const comment = await say('wanda', '/fairlead approve prod');
  workCommands(opened.queue, tools());
  opened.queue.work('deploy', async (job) => {
    done.push(job);
  });
  opened.queue.start();

  const job = { kind: 'command', payload: { repo: repo(), thread: thread(), comment, author: 'wanda' } } as const;
  await opened.queue.add(null, job, { key: `command:${comment}`, replace: false, runAt: null });

  const [deploy] = await until('the deploy job', () => (done.length > 0 ? done : undefined));
  expect(deploy?.payload).toEqual({ deployment: waiting.id });
});

test('resume wakes what waits, and what the pause stopped in the middle', async () => {
  const { id: _id, ...blank } = deploymentOf({ id: '' });
  const states = ['waiting', 'applying', 'healthy'] as const;
  for (const state of states)
    await opened.store.deployments.create(null, { ...blank, repo: repo(), target: state, state, pulls: [pull] });
  const pauses = { repo: repo(), environment: 'prod', by: 'wanda', reason: '', at: '' };
  await opened.store.pauses.set(null, pauses);

  await carryOut(await say('wanda', '/fairlead resume prod'), 'wanda');

  expect(replies()).toEqual([expect.stringMatching(/Looks again at .*D-2.*D-1/)]);
  expect(await opened.queue.size()).toBe(2);
});

test('asks for a revert anew once the pull of the first was closed', async () => {
  const branch = `fairlead-revert-${time}`;
  await stage.repo.commit(branch, { 'apps/web.yaml': 'before\n' });
  const revertPull = await stage.repo.openPull({ title: 'revert', author: 'mona', head: branch });
  const { id: _, ...blank } = deploymentOf({ id: '', state: 'failed', pulls: [pull], revertPull });
  await opened.store.deployments.create(null, { ...blank, repo: repo() });

  await carryOut(await say('wanda', '/fairlead revert prod'), 'wanda');
  await stage.repo.closePull(revertPull);
  await carryOut(await say('wanda', '/fairlead revert prod'), 'wanda');

  expect(replies()).toEqual([
    expect.stringContaining(`pull ${revertPull} reverts it already`),
    expect.stringContaining('works out a revert'),
  ]);
  expect(await audited()).toEqual(['command-refused by wanda', 'job-asked by wanda', 'command-answered by wanda']);
});

describe('whoever may not', () => {
  test('is told who may, and nothing else happens', async () => {
    const comment = await say('rita', '/fairlead approve prod');

    await carryOut(comment, 'rita');

    expect(await marks()).toEqual([]);
    expect(replies()).toEqual([expect.stringContaining('it needs the role `write` or above; `rita` has `read`')]);
    expect(reactions(comment)).toEqual(['confused']);
    expect(await audited()).toEqual(['command-refused by rita']);
  });

  test('approves once in the team that the settings name, whatever the role', async () => {
    settings = async () => settingsOf('enforce', environmentOf({ approvals: { count: 1, teams: ['acme/sre'] } }));
    stage.github.addTeam('acme/sre');
    const outsider = await say('wanda', '/fairlead approve prod');
    await carryOut(outsider, 'wanda');
    stage.github.addMember('acme/sre', 'rita');
    const member = await say('rita', '/fairlead approve prod');

    await carryOut(member, 'rita');

    expect(await marks()).toEqual(['approve prod by rita']);
    expect(replies()[0]).toContain('somebody of `acme/sre`');
  });

  test('is judged by the role of the moment, not of the comment', async () => {
    stage.repo.setRole('fired', 'admin');
    const comment = await say('fired', '/fairlead hold');
    stage.repo.setRole('fired', 'read');

    await carryOut(comment, 'fired');

    expect(await marks()).toEqual([]);
  });

  test('does not approve a pull of their own', async () => {
    stage.repo.setRole('mona', 'admin');
    await carryOut(await say('mona', '/fairlead approve prod'), 'mona');

    expect(await marks()).toEqual([]);
    expect(replies()[0]).toContain('nobody approves a pull of their own');
  });
});

describe('nothing at all comes of', () => {
  const silence = async (comment: number): Promise<void> => {
    expect(replies()).toEqual([]);
    expect(reactions(comment)).toEqual([]);
    expect(await audited()).toEqual([]);
    expect(await marks()).toEqual([]);
  };

  test.each([
    ['a code block', '```\n/fairlead hold\n```'],
    ['a quote', '> /fairlead hold'],
    ['other words', 'please hold'],
  ])('%s', async (_title, body) => {
    const comment = await say('max', body);

    await carryOut(comment, 'max');

    await silence(comment);
  });

  test('a command that was edited in later', async () => {
    const comment = await say('max', 'thanks');
    later(5);
    await stage.repo.editComment(comment, '/fairlead hold');

    await carryOut(comment, 'max');

    await silence(comment);
  });

  test('a comment that is gone, or that somebody else wrote', async () => {
    const gone = await say('max', '/fairlead hold');
    await stage.repo.deleteComment(gone);
    const other = await say('rita', '/fairlead hold');

    await carryOut(gone, 'max');
    await carryOut(other, 'max');

    await silence(other);
  });

  test('an issue that is not the drift board', async () => {
    const issue = await stage.repo.openIssue('mona', 'Drift', '<!-- drift-board -->');
    const comment = await say('max', '/fairlead status', issue);

    await carryOut(comment, 'max', { thread: { kind: 'issue', number: issue } });

    expect(replies(issue)).toEqual([]);
    expect(reactions(comment)).toEqual([]);
  });
});

describe('on the drift board', () => {
  test('status is answered; what belongs to a pull is refused', async () => {
    const issue = await stage.port.ensureIssue('drift-board', redacted('Drift'), redacted('Nothing.'), null);
    const comment = await say('wanda', '/fairlead status\n/fairlead approve prod\n/fairlead heal d-3f9a12', issue);

    await carryOut(comment, 'wanda', { thread: { kind: 'issue', number: issue } });

    const [reply = ''] = replies(issue);
    expect(reply).toContain('Nothing was deployed');
    expect(reply).toContain('`/fairlead approve` works on a pull, not here');
    expect(reply).toContain('no drift `d-3f9a12`');
    expect(reactions(comment)).toEqual(['confused']);
  });
});

describe('what cannot be done is told', () => {
  test('an unknown verb, with the one that was meant', async () => {
    await carryOut(await say('wanda', '/fairlead aprove prod'), 'wanda');

    expect(replies()).toEqual([expect.stringContaining('Did you mean `/fairlead approve`?')]);
  });

  test('words that are not understood', async () => {
    await carryOut(await say('wanda', '/fairlead approve'), 'wanda');

    expect(replies()).toEqual([expect.stringContaining('Usage: `/fairlead approve ENV`')]);
  });

  test('a push that came after', async () => {
    const comment = await say('wanda', '/fairlead approve prod');
    later(5);
    await stage.repo.pushToPull(pull, { 'apps/web.yaml': 'evil: true\n' });

    await carryOut(comment, 'wanda');

    expect(await marks()).toEqual([]);
    expect(replies()).toEqual([expect.stringContaining('a push came after')]);
  });

  test('settings that cannot be read', async () => {
    settings = () =>
      Promise.reject(
        new FairleadError({
          code: 'bad-config',
          message: '.fairlead.yaml:3 is no YAML.',
          subject: '.fairlead.yaml',
          remedy: 'Mend it.',
        }),
      );
    await carryOut(await say('wanda', '/fairlead deploy prod'), 'wanda');

    expect(replies()).toEqual([expect.stringMatching(/Refused .*\.fairlead\.yaml:3 is no YAML\. Mend it\./)]);
  });

  test('a comment that takes too long to read', async () => {
    const slow = new FairleadError({ code: 'worker-timeout', message: 'slow', subject: 'worker', remedy: '' });
    const comment = await say('wanda', '/fairlead hold');

    await carryOut(comment, 'wanda', { tools: { parse: () => Promise.reject(slow) } });

    expect(await marks()).toEqual([]);
    expect(replies()).toEqual([expect.stringContaining('took too long to read')]);
  });
});
