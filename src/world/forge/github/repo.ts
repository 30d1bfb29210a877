import { BorderError } from '../../../model/error.ts';
import type { GitRemote, RepoPort, Role } from '../forge.ts';
import type { Access } from './access.ts';
import { reportCheck } from './checks.ts';
import { ensureComment, hasComment, retireComment } from './comments.ts';
import { calling } from './errors.ts';
import { readChangedFiles, readOpenPulls, readPull } from './pulls.ts';

/** A repository of GitHub, whoever authenticates. */
export function createRepoPort(access: Access): RepoPort {
  return {
    ref: access.ref,
    pull: (number) => readPull(access, number),
    openPulls: (since) => readOpenPulls(access, since),
    changedFiles: (number) => readChangedFiles(access, number),
    gitRemote: () => remoteOf(access),
    fileUrl: (sha, file, line) => fileUrl(access, { sha, file, line }),
    ensureComment: (pull, key, body, sameApartFrom) => ensureComment(access, { pull, key, body, sameApartFrom }),
    hasComment: (pull, key) => hasComment(access, pull, key),
    retireComment: (pull, key) => retireComment(access, pull, key),
    report: (sha, check) => reportCheck(access, sha, check),
    roleOf: (user) => readRole(access, user),
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

/** What a user may do. `role_name` is asked first: `permission` folds maintain into write and triage into read. */
async function readRole(access: Access, user: string): Promise<Role> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
  try {
    const { data } = await calling(access.errors, () => client.request(route, { owner, repo, username: user }));
    // An organisation may name roles of its own; `permission` then says what they amount to.
    return toRole(data.role_name) ?? toRole(data.permission) ?? 'none';
  } catch (error) {
    if (error instanceof BorderError && error.kind === 'not-found') return 'none';
    throw error;
  }
}

const roles: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

function toRole(name: string): Role | undefined {
  return roles.find((role) => role === name);
}
