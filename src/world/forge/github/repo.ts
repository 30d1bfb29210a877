import type { GitRemote, RepoPort } from '../forge.ts';
import type { Access } from './access.ts';
import { ensureBranchCommit } from './branch-commit.ts';
import { readBranchHead, readBranchRules, readDefaultBranch } from './branches.ts';
import { readCheckState, reportCheck } from './checks.ts';
import { ensureComment, hasComment, retireComment, retitleComment } from './comments.ts';
import { finishDeployment, startDeployment } from './deployments.ts';
import { calling } from './errors.ts';
import { readNewCommands } from './found-comments.ts';
import { ensureIssue, readIssueKey } from './issues.ts';
import { closePull, mergePull, setLabels } from './outcomes.ts';
import { isMember, readApprovals, readRole } from './people.ts';
import { ensurePull } from './proposals.ts';
import { readChangedFiles, readChangedPulls, readOpenPulls, readPull, readPullsForCommit } from './pulls.ts';
import { acknowledge, readComment } from './threads.ts';

/** A repository of GitHub, whoever authenticates. */
export function createRepoPort(access: Access): RepoPort {
  return { ...readingPort(access), ...writingPort(access) };
}

type Reads =
  | 'ref'
  | 'pull'
  | 'openPulls'
  | 'changedPulls'
  | 'newCommands'
  | 'checkState'
  | 'changedFiles'
  | 'gitRemote'
  | 'fileUrl'
  | 'hasComment'
  | 'comment'
  | 'pullsForCommit'
  | 'branchHead'
  | 'defaultBranch'
  | 'issueKey'
  | 'isMember'
  | 'approvals'
  | 'branchRules'
  | 'roleOf';

function readingPort(access: Access): Pick<RepoPort, Reads> {
  return {
    ref: access.ref,
    pull: (number) => readPull(access, number),
    openPulls: (since) => readOpenPulls(access, since),
    changedPulls: (since) => readChangedPulls(access, since),
    newCommands: (since) => readNewCommands(access, since),
    checkState: (sha, name) => readCheckState(access, sha, name),
    changedFiles: (number) => readChangedFiles(access, number),
    gitRemote: () => remoteOf(access),
    fileUrl: (sha, file, line) => fileUrl(access, { sha, file, line }),
    hasComment: (pull, key) => hasComment(access, pull, key),
    comment: (thread, id) => readComment(access, thread, id),
    pullsForCommit: (sha) => readPullsForCommit(access, sha),
    branchHead: (branch) => readBranchHead(access, branch),
    defaultBranch: () => readDefaultBranch(access),
    issueKey: (issue) => readIssueKey(access, issue),
    isMember: (user, team) => isMember(access, user, team),
    approvals: (pull) => readApprovals(access, pull),
    branchRules: (branch) => readBranchRules(access, branch),
    roleOf: (user) => readRole(access, user),
  };
}

function writingPort(access: Access): Omit<RepoPort, Reads> {
  return {
    ensureComment: (pull, key, body, sameApartFrom) => ensureComment(access, { pull, key, body, sameApartFrom }),
    retireComment: (pull, key) => retireComment(access, pull, key),
    retitleComment: (pull, key, line, unless) => retitleComment(access, { pull, key, line, unless }),
    // Pulls are issues to GitHub, so their comments are written alike.
    reply: ({ number }, key, body) => ensureComment(access, { pull: number, key, body, sameApartFrom: null }),
    acknowledge: (_thread, comment, how) => acknowledge(access, comment, how),
    ensureBranchCommit: (commit) => ensureBranchCommit(access, commit),
    ensurePull: (spec) => ensurePull(access, spec),
    merge: (pull, { sha }) => mergePull(access, pull, sha),
    setLabels: (pull, labels) => setLabels(access, pull, labels),
    closePull: (pull, why) => closePull(access, pull, why),
    ensureIssue: (key, title, body, sameApartFrom) => ensureIssue(access, { key, title, body, sameApartFrom }),
    startDeployment: (deployment) => startDeployment(access, deployment),
    finishDeployment: (ref, state, description) => finishDeployment(access, ref, { state, description }),
    report: (sha, check) => reportCheck(access, sha, check),
  };
}

/** `https://github.com/OWNER/NAME/blob/SHA/PATH#L12`. The pages stand beside the API: `api.` in front, or `/api/v3` behind. */
function fileUrl(
  { client, owner, repo }: Access,
  place: { readonly sha: string; readonly file: string; readonly line: number | null },
): string {
  const api = new URL(client.request.endpoint.DEFAULTS.baseUrl);
  const host = api.host.replace(/^api\./, '');
  const segments = [owner, repo, 'blob', place.sha, ...place.file.split('/')].map(encodeSegment);
  return `${api.protocol}//${host}/${segments.join('/')}${place.line === null ? '' : `#L${place.line}`}`;
}

/** Brackets end a Markdown link, so they are encoded as well. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[()]/g, (bracket) => `%${bracket.charCodeAt(0).toString(16)}`);
}

/** Where to fetch, as GitHub itself says (so that a renamed repository is found), with a token made for it. */
async function remoteOf(access: Access): Promise<GitRemote> {
  const { owner, repo, client } = access;
  const { data } = await calling(access.errors, () => client.request('GET /repos/{owner}/{repo}', { owner, repo }));
  const token = await access.gitToken();
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    url: data.clone_url,
    header: `Authorization: Basic ${credentials}`,
    pullRefs: (pull) => ({ head: `refs/pull/${pull}/head`, merge: `refs/pull/${pull}/merge` }),
  };
}
