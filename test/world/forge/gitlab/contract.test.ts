import { describeForge } from '../../../contract/forge.ts';
import type {
  ForgeStage,
  ShownCheck,
  ShownDeployment,
  StageFault,
  StageMaking,
} from '../../../contract/forge-stage.ts';
import { bot, openStage, type Stage, team } from './setup.ts';

describeForge('GitLab', async () => asForgeStage(await openStage()));

type TalkHands = Pick<
  ForgeStage,
  | 'openIssue'
  | 'closeIssue'
  | 'issues'
  | 'addComment'
  | 'editComment'
  | 'deleteComment'
  | 'comments'
  | 'react'
  | 'reactions'
>;

function asForgeStage(stage: Stage): ForgeStage {
  const { project, forge, port, gitlab } = stage;
  return {
    forge,
    port,
    bot,
    team,
    ...pullHands(stage),
    ...talkHands(stage),
    setRole: (user, role) => project.setLevel(user, levels[role] ?? 0),
    addMember: (group, user) => gitlab.addMember(group, user),
    // GitLab asks for no check by name: the whole pipeline must pass, with the jobs of CI and whatever status joins it.
    protect: (branch, checks) => {
      project.protectBranch(branch);
      project.set({ mustPipelinesSucceed: true, ciJobs: checks.filter((name) => name !== 'fairlead') });
    },
    hideRules: () => project.set({ showsSettings: false }),
    checks: (sha) => newest(project.statuses(sha).filter(({ author }) => author.username === bot)).map(shownCheck),
    deployments: () => project.deployments().map(shownDeployment),
    deliveries: () => gitlab.hooks.deliveries.map(({ body, headers }) => ({ body: Buffer.from(body), headers })),
    deliverTo: (url) => gitlab.hooks.deliverTo(url),
    loseDeliveries: (isLosing) => gitlab.hooks.plan(() => (isLosing ? 'lose' : 'send')),
    ...networkHands(stage),
  };
}

function pullHands({
  project,
}: Stage): Omit<
  ForgeStage,
  | keyof TalkHands
  | keyof NetworkHands
  | 'forge'
  | 'port'
  | 'bot'
  | 'team'
  | 'setRole'
  | 'addMember'
  | 'protect'
  | 'hideRules'
  | 'checks'
  | 'deployments'
  | 'deliveries'
  | 'deliverTo'
  | 'loseDeliveries'
> {
  return {
    commit: (branch, files) => project.commit(branch, files),
    commitScript: (branch, path, content) => project.commit(branch, { [path]: `exec:${content}` }),
    file: (branch, path) => project.readFile(branch, path),
    deleteBranch: (branch) => project.deleteBranch(branch),
    openPull: ({ title = 'Change', author = 'mona', ...spec }) => project.openPull({ title, author, ...spec }),
    editPull: (pull, { title, body }) =>
      project.editPull(pull, {
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { description: body }),
      }),
    pushToPull: (pull, files) => project.pushToPull(pull, files),
    closePull: (pull) => project.closePull(pull),
    mergePull: (pull, { by = 'mona', method = 'merge' } = {}) =>
      project.mergePull(pull, { by, squash: method === 'squash' }),
    pulls: () =>
      project.pulls().map((pull) => ({
        number: pull.iid,
        title: pull.title,
        body: pull.description,
        state: pull.state === 'opened' ? 'open' : pull.state,
        head: pull.sourceBranch,
        base: pull.targetBranch,
        author: pull.author.username,
        labels: pull.labels,
      })),
    approve: (pull, user) => project.approve(pull, user),
    withdrawApproval: (pull, user) => project.approve(pull, user, false),
  };
}

function talkHands({ project }: Stage): TalkHands {
  return {
    openIssue: (author, title, body) => project.openIssue(author, title, body),
    closeIssue: (issue) => project.closeIssue(issue),
    issues: () =>
      project.issues().map(({ iid, title, description, state, author }) => ({
        number: iid,
        title,
        body: description,
        isOpen: state === 'opened',
        author: author.username,
      })),
    addComment: async (thread, author, body) => (await project.addComment(thread, author, body)) ?? 0,
    editComment: (_thread, comment, body) => project.editComment(comment, body),
    deleteComment: async (_thread, comment) => project.deleteComment(comment),
    comments: (thread) =>
      project.comments(thread).map(({ id, author, body }) => ({ id, author: author.username, body })),
    react: async (_thread, comment, user, how) => project.react(comment, user, emoji[how]),
    reactions: (thread, comment) => {
      const awards = project.comments(thread).find(({ id }) => id === comment)?.awards ?? [];
      return awards.flatMap(({ name, user }) => {
        const how = (['seen', 'done', 'refused'] as const).find((word) => emoji[word] === name);
        return how === undefined ? [] : [{ user: user.username, how }];
      });
    },
  };
}

type NetworkHands = Pick<
  ForgeStage,
  'failNext' | 'loseAnswer' | 'made' | 'hideComments' | 'restart' | 'writes' | 'stop'
>;

function networkHands({ gitlab, project, restart, stop }: Stage): NetworkHands {
  const sent = () => gitlab.requests.filter(({ method, path }) => method !== 'GET' && path !== '/graphql');
  return {
    failNext: ({ kind, on, ...when }) => gitlab.faults.add({ kind: faults[kind], method: methods[on], ...when }),
    loseAnswer: (what, kind) => gitlab.faults.add({ kind, method: 'POST', path: places[what] }),
    made: (what) => sent().filter(({ method, path }) => method === 'POST' && places[what].test(path)).length,
    hideComments: (ids) => project.hideComments(ids),
    restart,
    writes: () => sent().length,
    stop: async () => {
      await stop();
      if (gitlab.violations.length > 0) throw new Error(`against the description: ${gitlab.violations.join('\n')}`);
    },
  };
}

const emoji = { seen: 'eyes', done: 'rocket', refused: 'confused' } as const;

const levels: Readonly<Record<string, number>> = { none: 0, read: 10, triage: 20, write: 30, maintain: 40, admin: 50 };

const faults = {
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  conflict: 'conflict',
  invalid: 'invalid',
  limited: 'too-many-requests',
  unavailable: 'unavailable',
  'lost-answer': 'bad-gateway-after-commit',
} as const;

const methods: Readonly<Record<StageFault['on'], string>> = {
  read: 'GET',
  create: 'POST',
  edit: 'PUT',
  remove: 'DELETE',
};

const places: Readonly<Record<StageMaking, RegExp>> = {
  comment: /\/notes$/,
  reaction: /\/award_emoji$/,
  check: /\/statuses\/[0-9a-f]+$/,
  branch: /\/repository\/commits$/,
  pull: /\/merge_requests$/,
  issue: /\/issues$/,
  deployment: /\/deployments$/,
};

type Status = ReturnType<Stage['project']['statuses']>[number];

function newest(statuses: readonly Status[]): readonly Status[] {
  return statuses.filter((status, at) => !statuses.slice(at + 1).some(({ name }) => name === status.name));
}

/** GitLab has no word for a neutral check: it is a success whose description says so. */
function shownCheck({ name, state, description }: Status): ShownCheck {
  const isDone = state !== 'running' && state !== 'pending';
  const isNeutral = description?.startsWith('neutral: ') === true;
  const said = state === 'failed' ? 'failure' : isNeutral ? 'neutral' : 'success';
  const title = description?.replace(/^neutral: /, '') ?? null;
  return { name, isDone, conclusion: isDone ? said : null, title, annotations: 0 };
}

const states = { running: 'running', success: 'success', failed: 'failure', canceled: 'inactive' } as const;

function shownDeployment(deployment: ReturnType<Stage['project']['deployments']>[number]): ShownDeployment {
  const { id, environment, sha, history } = deployment;
  return { id, environment, sha, states: history.map((state) => states[state]) };
}
