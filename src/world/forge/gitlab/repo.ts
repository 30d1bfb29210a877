import type { GitRemote, RepoPort } from '../forge.ts';
import type { Access } from './access.ts';
import { branchHead, ensureBranchCommit, readBranchRules, readDefaultBranch } from './branches.ts';
import { finishDeployment, startDeployment } from './deployments.ts';
import { readNewCommands } from './found-comments.ts';
import { ensureIssue, issueKey } from './issues.ts';
import { closePull, ensurePull, mergePull, setLabels } from './merge-requests.ts';
import { ensureNote, hasNote, readNote, retireNote, retitleNote } from './notes.ts';
import { isMember, readApprovals, readRole } from './people.ts';
import { readChangedFiles, readChangedPulls, readOpenPulls, readPull, readPullsForCommit } from './pulls.ts';
import { acknowledge } from './reactions.ts';
import { read } from './read.ts';
import { readStatusState, reportStatus } from './statuses.ts';

/** The name our status goes by. */
const CHECK = 'fairlead';

/** A project of GitLab. */
export function createRepoPort(access: Access): RepoPort {
  const pull = (number: number) => ({ kind: 'pull', number }) as const;
  return {
    ref: access.ref,
    pull: (number) => readPull(access, number),
    openPulls: (since) => readOpenPulls(access, since),
    changedPulls: (since) => readChangedPulls(access, since),
    newCommands: (since) => readNewCommands(access, since),
    checkState: (sha, name) => readStatusState(access, sha, name),
    changedFiles: (number) => readChangedFiles(access, number),
    gitRemote: () => remoteOf(access),
    fileUrl: (sha, file, line) => fileUrl(access, { sha, file, line }),
    ensureComment: (number, key, body, sameApartFrom) =>
      ensureNote(access, { thread: pull(number), key, body, sameApartFrom }),
    hasComment: (number, key) => hasNote(access, pull(number), key),
    retireComment: (number, key) => retireNote(access, pull(number), key),
    retitleComment: (number, key, line, unless) => retitleNote(access, { thread: pull(number), key, line, unless }),
    comment: (thread, id) => readNote(access, thread, id),
    reply: (thread, key, body) => ensureNote(access, { thread, key, body, sameApartFrom: null }),
    acknowledge: (thread, note, how) => acknowledge(access, thread, { note, how }),
    pullsForCommit: (sha) => readPullsForCommit(access, sha),
    branchHead: (branch) => branchHead(access, branch),
    defaultBranch: () => readDefaultBranch(access),
    ensureBranchCommit: (commit) => ensureBranchCommit(access, commit),
    ensurePull: (spec) => ensurePull(access, spec),
    merge: (number, { sha }) => mergePull(access, number, sha),
    setLabels: (number, labels) => setLabels(access, number, labels),
    closePull: (number, why) => closePull(access, number, why),
    ensureIssue: (key, title, body, sameApartFrom) => ensureIssue(access, { key, title, body, sameApartFrom }),
    issueKey: (issue) => issueKey(access, issue),
    isMember: (user, team) => isMember(access, user, team),
    approvals: (number) => readApprovals(access, number),
    branchRules: (branch) => readBranchRules(access, branch, CHECK),
    startDeployment: (deployment) => startDeployment(access, deployment),
    finishDeployment: (ref, state) => finishDeployment(access, ref, state),
    report: (sha, check) => reportStatus(access, sha, check),
    roleOf: (user) => readRole(access, user),
  };
}

/** `https://gitlab.example/GROUP/NAME/-/blob/SHA/PATH#L12`. */
function fileUrl(
  { url, ref }: Access,
  place: { readonly sha: string; readonly file: string; readonly line: number | null },
): string {
  const segments = [...ref.fullName.split('/'), '-', 'blob', place.sha, ...place.file.split('/')].map(encodeSegment);
  return `${url}/${segments.join('/')}${place.line === null ? '' : `#L${place.line}`}`;
}

/** Brackets end a Markdown link, so they are encoded as well. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[()]/g, (bracket) => `%${bracket.charCodeAt(0).toString(16)}`);
}

/** Where to fetch, as GitLab itself says, so that a project that moved is found. */
async function remoteOf(access: Access): Promise<GitRemote> {
  const project = read(await access.client.Projects.show(access.ref.id), 'project');
  const credentials = Buffer.from(`oauth2:${await access.token()}`).toString('base64');
  return {
    url: project.text('http_url_to_repo'),
    header: `Authorization: Basic ${credentials}`,
    // The merge is there once the pull was read without a conflict.
    pullRefs: (pull) => ({ head: `refs/merge-requests/${pull}/head`, merge: `refs/merge-requests/${pull}/merge` }),
  };
}
