import { createHmac } from 'node:crypto';
import type { FaultKind } from '../../../../src/pretend/github/faults.ts';
import type { PullRequest } from '../../../../src/pretend/github/state.ts';
import type { Acknowledgement } from '../../../../src/world/forge/forge.ts';
import type { RawDelivery } from '../../../../src/world/forge/receiver.ts';
import type {
  ForgeStage,
  ShownCheck,
  ShownDeployment,
  ShownPull,
  StageFault,
  StageMaking,
} from '../../../contract/forge-stage.ts';
import { type Stage, webhookSecret } from './setup.ts';

/** The contract's stage over the pretend GitHub. */
export function asForgeStage(stage: Stage): ForgeStage {
  stage.github.addTeam('acme/sre');
  return {
    forge: stage.forge,
    port: stage.port,
    bot: `${stage.github.app.slug}[bot]`,
    team: 'acme/sre',
    ...codeHands(stage),
    ...pullHands(stage),
    ...talkHands(stage),
    ...ownerHands(stage),
  };
}

function codeHands({ repo }: Stage) {
  return {
    commit: repo.commit,
    commitScript: (branch: string, path: string, content: string) => repo.commit(branch, { [path]: `exec:${content}` }),
    file: (branch: string, path: string) => repo.file(`refs/heads/${branch}`, path),
    deleteBranch: repo.deleteBranch,
  } satisfies Partial<ForgeStage>;
}

function pullHands({ repo }: Stage) {
  return {
    openPull: ({ title = 'Change', author = 'mona', ...spec }: Parameters<ForgeStage['openPull']>[0]) =>
      repo.openPull({ title, author, ...spec }),
    editPull: repo.editPull,
    pushToPull: repo.pushToPull,
    closePull: repo.closePull,
    mergePull: repo.mergePull,
    pulls: () => repo.pulls().map(shownPull),
    approve: repo.approve,
    withdrawApproval: repo.dismissReviews,
  } satisfies Partial<ForgeStage>;
}

function talkHands({ repo }: Stage) {
  return {
    openIssue: repo.openIssue,
    closeIssue: repo.closeIssue,
    issues: () =>
      repo.issues().map(({ number, title, body, state, author }) => {
        return { number, title, body, isOpen: state === 'open', author: author.login };
      }),
    addComment: ({ number }, author, body) => repo.addComment(number, author, body),
    editComment: (_thread, comment, body) => repo.editComment(comment, body),
    deleteComment: (_thread, comment) => repo.deleteComment(comment),
    comments: ({ number }) => repo.comments(number).map(({ id, author, body }) => ({ id, author: author.login, body })),
    react: async (_thread, comment, user, how) => repo.react(comment, user, contents[how]),
    reactions: ({ number }, id) => {
      const comment = repo.comments(number).find((entry) => entry.id === id);
      return (comment?.reactions ?? []).map(({ user, content }) => ({
        user: user.login,
        how: meanings[content] ?? 'seen',
      }));
    },
  } satisfies Partial<ForgeStage>;
}

function ownerHands(stage: Stage) {
  const { repo, github } = stage;
  return {
    setRole: repo.setRole,
    addMember: github.addMember,
    protect: repo.protect,
    hideRules: repo.hideRules,
    checks: (sha) => newest(repo.checkRuns(sha)).map(shownCheck),
    deployments: () => repo.deployments().map(shownDeployment),
    deliveries: () => github.hooks.deliveries.map(signed),
    deliverTo: (url) => github.hooks.deliverTo(url, webhookSecret),
    loseDeliveries: (isLosing) => github.hooks.plan(() => (isLosing ? 'lose' : 'send')),
    failNext: ({ kind, on, after, times }) => {
      const path = /^\/(?:repos|orgs)\//;
      github.faults.add({ kind: faults[kind], method: methods[on], path, after: after ?? 0, times: times ?? 1 });
    },
    loseAnswer: (what, kind) => github.faults.add({ kind, method: 'POST', path: places[what] }),
    made: (what) => github.requests.filter(({ method, path }) => method === 'POST' && places[what].test(path)).length,
    hideComments: repo.hideComments,
    restart: stage.restart,
    writes: () => github.requests.filter(({ method, path }) => method !== 'GET' && !path.startsWith('/app/')).length,
    stop: async () => {
      await stage.stop();
      if (github.violations.length > 0) throw new Error(`against the description: ${github.violations.join('\n')}`);
    },
  } satisfies Partial<ForgeStage>;
}

const contents: Readonly<Record<Acknowledgement, string>> = { seen: 'eyes', done: 'rocket', refused: 'confused' };
const meanings: Readonly<Record<string, Acknowledgement>> = { eyes: 'seen', rocket: 'done', confused: 'refused' };

const methods: Readonly<Record<StageFault['on'], readonly string[]>> = {
  read: ['GET'],
  create: ['POST'],
  edit: ['PATCH', 'PUT'],
  remove: ['DELETE'],
};

const faults: Readonly<Record<StageFault['kind'], FaultKind>> = {
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  conflict: 'conflict',
  invalid: 'invalid',
  limited: 'too-many-requests',
  unavailable: 'unavailable',
  'lost-answer': 'bad-gateway-after-commit',
};

const places: Readonly<Record<StageMaking, RegExp>> = {
  comment: /\/comments$/,
  reaction: /\/reactions$/,
  check: /\/check-runs$/,
  branch: /\/git\/refs$/,
  pull: /\/pulls$/,
  issue: /\/issues$/,
  deployment: /\/deployments$/,
};

function shownPull(pull: PullRequest): ShownPull {
  const { number, title, body, headRef: head, baseRef: base, labels } = pull;
  const state = pull.mergedAt === null ? pull.state : 'merged';
  return { number, title, body, state, head, base, author: pull.author.login, labels };
}

type Run = ReturnType<Stage['repo']['checkRuns']>[number];

function newest(runs: readonly Run[]): readonly Run[] {
  return runs.filter((run, at) => !runs.slice(at + 1).some(({ name }) => name === run.name));
}

function shownCheck({ name, status, conclusion, title, annotations }: Run): ShownCheck {
  return { name, isDone: status === 'completed', conclusion, title, annotations: annotations.length };
}

function shownDeployment(deployment: ReturnType<Stage['repo']['deployments']>[number]): ShownDeployment {
  const { id, environment, sha, statuses } = deployment;
  const states = statuses.map(({ state }) => (state === 'in_progress' ? 'running' : state));
  // The cast: the adapter tells no other states, and a test that compares would show them.
  return { id, environment, sha, states: states as ShownDeployment['states'] };
}

function signed({ id, event, payload }: Stage['github']['hooks']['deliveries'][number]): RawDelivery {
  const signature = createHmac('sha256', webhookSecret).update(payload).digest('hex');
  const headers = { 'x-github-delivery': id, 'x-github-event': event, 'x-hub-signature-256': `sha256=${signature}` };
  return { body: Buffer.from(payload), headers };
}
