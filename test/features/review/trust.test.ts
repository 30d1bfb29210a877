import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { okToTest } from '../../../src/features/commands/allow.ts';
import { authorise } from '../../../src/features/commands/authorise.ts';
import { noArgs } from '../../../src/features/commands/command.ts';
import { reviewPull } from '../../../src/features/review/pull.ts';
import type { PullTools } from '../../../src/features/review/pull-tools.ts';
import type { ReviewTools } from '../../../src/features/review/request.ts';
import { createSettingsReader } from '../../../src/features/settings/in-force.ts';
import type { ClusterMap } from '../../../src/model/cluster-map.ts';
import { BorderError } from '../../../src/model/error.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import type { Application } from '../../../src/model/target.ts';
import { startProcessHost } from '../../../src/tools/process-host.ts';
import type { Role } from '../../../src/world/forge/forge.ts';
import { createMirrors } from '../../../src/world/git/mirrors.ts';
import { type OpenedStore, openSqlite } from '../../../src/world/store/sqlite/sqlite.ts';
import { openStage, redacted, type Stage } from '../../world/forge/github/setup.ts';
import { reviewTools } from './world.ts';

const now = (): Date => new Date();
const processes = startProcessHost();
const { signal } = new AbortController();
const clusters: ClusterMap = { mode: 'live', bare: 'prod', byEnvironment: new Map() };
const web: Application = {
  ...{ name: 'web', root: 'web', renderer: 'plain', environment: null, valuesFiles: [], inputs: ['web/'] },
};

/** What a review reached for beyond the repository, and why it was kept from fetching. */
interface Reached {
  clusters: string[];
  unfetched: (string | undefined)[];
}

let reached: Reached;
let stage: Stage;
let opened: OpenedStore;
let mirrors: ReturnType<typeof createMirrors>;
let tools: PullTools;

const review: ReviewTools = {
  ...reviewTools(async () => undefined),
  affected: async ({ origin }) => {
    reached.unfetched.push(origin.unfetched);
    const pair = { name: 'web', environment: null, base: web, head: web, reasons: [] };
    return { environments: [], pairs: [pair], applications: [web], unownedFiles: [], findings: [], incomplete: null };
  },
  rendererFor: () => ({
    ...{ name: 'plain', detects: () => true },
    render: async (_application, _tree, { unfetched }) => {
      reached.unfetched.push(unfetched);
      return { resources: [], hooks: [], findings: [] };
    },
  }),
  validate: async () => [],
  gitEngine: {
    ...{ name: 'git', manager: 'fairlead' },
    predict: async () => ({ changes: [], findings: [], error: null, live: new Map() }),
  },
  openCluster: async (context) => {
    reached.clusters.push(context);
    throw new BorderError({
      ...{ kind: 'unavailable', status: 0, code: 'cluster-unavailable', subject: context },
      ...{ message: 'It does not answer.', remedy: 'Try again.' },
    });
  },
};

beforeAll(async () => {
  stage = await openStage();
  opened = await openSqlite({ path: ':memory:', lock: false, now, random: () => 0.5 });
  mirrors = createMirrors(join(stage.dir, 'mirrors'), { run: processes.run });
  const { store } = opened;
  const base = { forge: () => stage.forge, mirror: () => mirrors.open('github-1'), store, redact: redacted, now };
  tools = {
    ...{ ...base, judgeSettings: async () => [], environment: null, review },
    settings: createSettingsReader({ ...base, engines: ['apply'], clusters }),
    onUnreported: () => undefined,
  };
});

beforeEach(() => {
  reached = { clusters: [], unfetched: [] };
});

afterAll(async () => {
  for (const part of [opened, mirrors, processes]) await part.close();
  await stage.stop();
});

async function openPull(head: string, author: string, fork = false): Promise<number> {
  await stage.repo.commit(head, { [`web/${head}.yaml`]: 'kind: Service\n' });
  return stage.repo.openPull({ title: head, author, head, fork });
}

async function look(pull: number): Promise<Reached> {
  reached = { clusters: [], unfetched: [] };
  await reviewPull({ repo: stage.port.ref, pull, reason: 'pull' }, tools, signal);
  return reached;
}

/** What the command does that a person gave for the head the pull has now. */
async function trust(pull: number): Promise<void> {
  const { head } = await stage.port.pull(pull);
  const mark = {
    kind: 'ok-to-test',
    subject: '',
    digests: {},
    by: 'hubot',
    reason: '',
    at: now().toISOString(),
  } as const;
  await opened.store.pulls.mark(null, stage.port.ref, pull, { ...mark, head: head.sha });
}

const kept = (why: string): Reached => ({ clusters: [], unfetched: [why, why, why] });
const free: Reached = { clusters: ['prod'], unfetched: [undefined, undefined, undefined] };

describe('a pull that nobody trusts', () => {
  test.each<[string, Role, boolean, string]>([
    ['comes from a fork, whoever wrote it', 'admin', true, 'the pull comes from a fork'],
    ['is by somebody who may only read', 'read', false, 'the author of the pull has no write access'],
    ['is by somebody who may only sort', 'triage', false, 'the author of the pull has no write access'],
  ])('reaches no cluster and has nothing fetched or generated: it %s', async (title, role, fork, why) => {
    const [branch, author] = [title.replaceAll(/[ ,]/g, '-'), `author-${role}`];
    stage.repo.setRole(author, role);

    expect(await look(await openPull(branch, author, fork))).toEqual(kept(why));
  });

  test('is compared when a writer trusts its head, and not any more after the next push', async () => {
    stage.repo.setRole('stranger', 'none');
    const pull = await openPull('patch', 'stranger', true);
    const before = await look(pull);
    await trust(pull);
    const trusted = await look(pull);
    await stage.repo.pushToPull(pull, { 'web/patch.yaml': 'kind: Secret\n' });
    const after = await look(pull);

    expect([before, trusted, after]).toEqual([
      kept('the pull comes from a fork'),
      free,
      kept('the pull comes from a fork'),
    ]);
  });

  test('is kept from everything again when its author loses the right to write', async () => {
    stage.repo.setRole('leaver', 'write');
    const pull = await openPull('leaving', 'leaver');
    const before = await look(pull);
    stage.repo.setRole('leaver', 'read');
    await stage.repo.pushToPull(pull, { 'web/leaving.yaml': 'kind: Secret\n' });

    expect([before, await look(pull)]).toEqual([free, kept('the author of the pull has no write access')]);
  });
});

test.each<[Role, boolean]>([
  ['none', false],
  ['read', false],
  ['triage', false],
  ['write', true],
  ['maintain', true],
  ['admin', true],
])('whether somebody with the role %s may trust a head: %s', async (role, may) => {
  const port = { roleOf: async () => role, isMember: async () => true };
  const asked = { command: okToTest, args: noArgs, typed: 'ok-to-test' };

  expect((await authorise(asked, 'ann', { port, settings: defaultSettings })) === null).toBe(may);
});

test('settings that a pull proposes decide nothing, and what they would make of it is told', async () => {
  stage.repo.setRole('owner', 'admin');
  const pull = await openPull('settings', 'owner');
  const rules = new Map([['image-latest', 'off']] as const);
  const found = {
    rule: 'image-latest',
    severity: 'block',
    target: null,
    resource: null,
    file: null,
    line: null,
  } as const;
  const proposing: PullTools = {
    ...tools,
    proposedSettings: async () => ({ ...defaultSettings, policy: { rules } }),
    judgeSettings: async () => [],
    review: { ...review, validate: async () => [{ ...found, message: 'a', fix: null }] },
  };

  const result = await reviewPull({ repo: stage.port.ref, pull, reason: 'pull' }, proposing, signal);

  expect(result?.verdict).toBe('blocked');
  expect(result?.findings.filter(({ rule }) => rule === 'config-preview').map(({ message }) => message)).toEqual([
    'With the settings this pull proposes, this pull would be incomplete instead of blocked.',
    'With the settings this pull proposes, the findings of image-latest here would be none, now 1 block.',
  ]);
});
