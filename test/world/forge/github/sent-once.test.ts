import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RepoPort } from '../../../../src/world/forge/forge.ts';
import { openPull, openStage, redacted, type Stage } from './setup.ts';

let stage: Stage;
let number: number;
let comment: number;
let head: string;
let base: string;
beforeAll(async () => {
  stage = await openStage();
  number = await openPull(stage.repo);
  comment = await stage.repo.addComment(number, 'mona', 'hello');
  ({
    head: { sha: head },
  } = await stage.port.pull(number));
  base = String(await stage.repo.refSha('refs/heads/main'));
  await stage.port.ensureComment(number, 'standing', redacted('one'), null);
  await stage.port.ensureIssue('standing', redacted('one'), redacted('one'), null);
  await stage.port.setLabels(number, { add: ['old'], remove: [] });
});
afterAll(() => stage.stop());

const text = redacted('text');
const check = { name: 'c', state: 'running', conclusion: null, title: text, summary: text, annotations: [] } as const;
const proposal = { key: 'p', branch: 'topic', base: 'main', title: text, body: text, labels: [] };
const files = new Map([['a.yaml', Buffer.from('a: 1\n')]]);

const writes: Readonly<Record<string, (port: RepoPort) => Promise<unknown>>> = {
  'a new comment': (port) => port.ensureComment(number, 'new', text, null),
  'an edited comment': (port) => port.ensureComment(number, 'standing', text, null),
  'a comment taken away': (port) => port.retireComment(number, 'standing'),
  'a reply': (port) => port.reply({ kind: 'pull', number }, 'reply', text),
  'a reaction': (port) => port.acknowledge({ kind: 'pull', number }, comment, 'seen'),
  'a check': (port) => port.report(head, check),
  'a branch': (port) => port.ensureBranchCommit({ branch: 'fairlead/b', base, files, message: redacted('m') }),
  'a pull': (port) => port.ensurePull(proposal),
  'a merge': (port) => port.merge(number, { sha: head }),
  'a new label': (port) => port.setLabels(number, { add: ['new'], remove: [] }),
  'a label taken away': (port) => port.setLabels(number, { add: [], remove: ['old'] }),
  'a closing': (port) => port.closePull(number, text),
  'a new issue': (port) => port.ensureIssue('new', text, text, null),
  'an edited issue': (port) => port.ensureIssue('standing', text, text, null),
  'a deployment': (port) =>
    port.startDeployment({ key: 'd', environment: 'prod', sha: head, branch: 'main', description: text }),
};

test.each(Object.entries(writes))('%s is sent once, whatever becomes of it', async (_what, write) => {
  const sent = () => stage.github.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith('/repos/'));
  const before = sent().length;
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE'];
  stage.github.faults.add({ kind: 'bad-gateway', method: methods, path: /^\/repos\// });

  await expect(write(stage.port)).rejects.toMatchObject({ kind: 'unavailable', status: 502 });

  expect(sent().slice(before)).toHaveLength(1);
});
