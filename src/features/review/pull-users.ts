import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { SettingsInForce } from '../../model/settings.ts';
import type { GitRemote, RepoPort } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';
import { pullOrigin } from './pull-origin.ts';
import type { PullTools } from './pull-tools.ts';
import type { RepositoryUser } from './request.ts';
import { orUnread } from './users.ts';

type UserTools = Pick<PullTools, 'usedBy' | 'forge' | 'mirror' | 'settings' | 'store'>;

/** The repositories that use one, at the head of each branch they deploy from. One that cannot be read says why. */
export async function usersOf(
  repo: RepoRef,
  tools: UserTools,
  signal: AbortSignal,
): Promise<readonly RepositoryUser[]> {
  const users: RepositoryUser[] = [];
  for (const name of tools.usedBy?.(repo) ?? []) {
    const opened = await orUnread(name, signal, async () => open(await named(name, repo.forge, tools), tools, signal));
    if (opened.kind === 'unread') users.push(opened);
    else
      for (const branch of branchesOf(opened.inForce))
        users.push(await orUnread(opened.port.ref.fullName, signal, () => userOn(branch, opened, signal)));
  }
  return users;
}

/** Heard of before, or shown by the forge. Throws `FairleadError` `user-missing`. */
async function named(name: string, forge: string, tools: UserTools): Promise<RepoRef> {
  const isNamed = (ref: RepoRef): boolean => ref.forge === forge && ref.fullName.toLowerCase() === name.toLowerCase();
  const found =
    (await tools.store.repos.list()).find(isNamed) ?? (await tools.forge(forge).repositories()).find(isNamed);
  if (found !== undefined) return found;
  throw new FairleadError({
    code: 'user-missing',
    subject: name,
    message: `${forge} shows no repository ${name} to Fairlead`,
    remedy: 'Let Fairlead read it there, or correct `usedBy` in the file of the server.',
  });
}

interface OpenedUser {
  readonly kind: 'opened';
  readonly port: RepoPort;
  readonly repository: Repository;
  readonly inForce: SettingsInForce;
}

async function open(ref: RepoRef, tools: UserTools, signal: AbortSignal): Promise<OpenedUser> {
  const port = await tools.forge(ref.forge).repo(ref);
  const [repository, inForce] = await Promise.all([tools.mirror(ref), tools.settings(ref, signal)]);
  return { kind: 'opened', port, repository, inForce };
}

/** The default branch first. */
function branchesOf({ branch, settings }: SettingsInForce): readonly string[] {
  const others = [...settings.environments.values()].flatMap((environment) => environment.branch ?? []);
  return [...new Set([branch, ...others])];
}

async function userOn(
  branch: string,
  { port, repository, inForce }: OpenedUser,
  signal: AbortSignal,
): Promise<RepositoryUser> {
  const { settings, clusters } = inForce;
  const isDefault = branch === inForce.branch;
  const remote = await port.gitRemote();
  const commit = isDefault ? inForce.commit : await headOf(`refs/heads/${branch}`, { repository, remote }, signal);
  const own = { url: remote.url, branch, defaultBranch: inForce.branch };
  return {
    ...({ kind: 'read', name: port.ref.fullName, settings, clusters, isEveryBranch: false } as const),
    findings: isDefault ? problemOf(inForce) : [],
    commit,
    tree: await repository.tree(commit, signal),
    origin: pullOrigin(own, repository, () => port.gitRemote()),
  };
}

async function headOf(
  ref: string,
  { repository, remote: { url, header } }: { readonly repository: Repository; readonly remote: GitRemote },
  signal: AbortSignal,
): Promise<string> {
  await repository.fetch({ url, header, refs: [ref] }, signal);
  return repository.resolve(ref, signal);
}

function problemOf({ problem }: SettingsInForce): readonly Finding[] {
  if (problem === null) return [];
  const place = { target: null, resource: null, file: '.fairlead.yaml', line: null };
  return [{ rule: 'config-invalid', severity: 'caution', ...place, message: problem, fix: null }];
}
