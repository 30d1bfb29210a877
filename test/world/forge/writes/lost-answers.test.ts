import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultKind } from '../../../../src/pretend/github/faults.ts';
import type { RepoPort } from '../../../../src/world/forge/forge.ts';
import type { Outbox } from '../../../../src/world/store/store.ts';
import { openPull, openStage, redacted, type Stage } from '../github/setup.ts';
import { openOutbox, placeOf, recorded } from './stage.ts';

let stage: Stage;
let outbox: Outbox;
let number: number;
let head: string;
beforeAll(async () => {
  stage = await openStage();
  outbox = await openOutbox();
  number = await openPull(stage.repo);
  ({
    head: { sha: head },
  } = await stage.port.pull(number));
});
afterAll(async () => {
  await stage.stop();
  expect(stage.github.violations).toEqual([]);
});

/** A write that makes something, and how many of it there are. */
interface Making {
  readonly path: RegExp;
  make(port: RepoPort, name: string): Promise<unknown>;
  count(name: string): number | Promise<number>;
}

const check = (name: string) => {
  const texts = { title: redacted('t'), summary: redacted('s') };
  return { name, state: 'done', conclusion: 'success', annotations: [], ...texts } as const;
};
const proposal = (name: string) => {
  const texts = { title: redacted(name), body: redacted('body') };
  return { key: name, branch: `fairlead/${name}`, base: 'main', labels: ['fairlead/revert'], ...texts };
};
const deploymentOf = (name: string) => {
  return { key: name, environment: name, sha: head, branch: 'main', description: redacted('d') };
};

const makings: Readonly<Record<string, Making>> = {
  comment: {
    path: /\/comments$/,
    make: (port, name) => port.ensureComment(number, name, redacted(name), null),
    count: (name) => stage.repo.comments(number).filter(({ body }) => body.endsWith(`\n${name}`)).length,
  },
  reply: {
    path: /\/comments$/,
    make: (port, name) => port.reply({ kind: 'pull', number }, name, redacted(name)),
    count: (name) => stage.repo.comments(number).filter(({ body }) => body.endsWith(`\n${name}`)).length,
  },
  check: {
    path: /\/check-runs$/,
    make: (port, name) => port.report(head, check(name)),
    count: (name) => stage.repo.checkRuns(head).filter((run) => run.name === name).length,
  },
  branch: {
    path: /\/git\/refs$/,
    make: async (port, name) => {
      const files = new Map([[`${name}.yaml`, Buffer.from('a: 1\n')]]);
      const base = String(await stage.repo.refSha('refs/heads/main'));
      await port.ensureBranchCommit({ branch: `fairlead/${name}`, base, files, message: 'm' });
    },
    count: async (name) => ((await stage.repo.refSha(`refs/heads/fairlead/${name}`)) === null ? 0 : 1),
  },
  pull: {
    path: /\/pulls$/,
    make: async (port, name) => {
      await stage.repo.commit(`fairlead/${name}`, { [`${name}.yaml`]: 'a: 1\n' });
      return port.ensurePull(proposal(name));
    },
    count: (name) => stage.repo.pulls().filter(({ title }) => title === name).length,
  },
  issue: {
    path: /\/issues$/,
    make: (port, name) => port.ensureIssue(name, redacted(name), redacted('body'), null),
    count: (name) => stage.repo.issues().filter(({ title }) => title === name).length,
  },
  deployment: {
    path: /\/deployments$/,
    make: (port, name) => port.startDeployment(deploymentOf(name)),
    count: (name) => stage.repo.deployments().filter(({ environment }) => environment === name).length,
  },
};

const lost: readonly FaultKind[] = [
  'server-error-after-commit',
  'bad-gateway-after-commit',
  'gateway-timeout-after-commit',
  'reset-after-commit',
  'truncated',
  'html',
];

describe('a write whose answer was lost', () => {
  const cases = Object.keys(makings).flatMap((what) => {
    // Every way to lose an answer for one write, every write for one way of each sort.
    const kinds = what === 'comment' ? lost : lost.filter((kind) => /^(server|reset|trunc)/.test(kind));
    return kinds.map((kind) => [what, kind] as const);
  });
  test.each(cases)('makes one %s: %s, then a new process', async (what, kind) => {
    const { path, make, count } = makings[what] as Making;
    const name = `${what}-${kind}`;
    const before = (await outbox.open()).length;
    stage.github.faults.add({ kind, method: 'POST', path });

    await expect(make(await recorded(stage.port, outbox), name)).rejects.toMatchObject({ kind: 'unavailable' });
    const sent = stage.github.requests.filter((request) => request.method === 'POST' && path.test(request.path)).length;
    const left = (await outbox.open()).slice(before).map(placeOf);
    await make(await recorded(stage.port, outbox), name);

    expect(left).toEqual([expect.stringContaining(name)]);
    expect(await count(name)).toBe(1);
    expect((await outbox.open()).length).toBe(before);
    // It was looked for, not sent again.
    const again = stage.github.requests.filter((request) => request.method === 'POST' && path.test(request.path));
    expect(again.length).toBe(sent);
  });
});

describe('a comment that the list does not show yet', () => {
  test('is found by its id, and not written twice', async () => {
    const port = await recorded(stage.port, outbox);
    const first = await port.ensureComment(number, 'lagging', redacted('one'), null);
    stage.repo.hideComments([first.id]);

    const second = await port.ensureComment(number, 'lagging', redacted('two'), null);

    expect(second).toMatchObject({ id: first.id, did: 'edited' });
    stage.repo.hideComments([]);
  });
});
