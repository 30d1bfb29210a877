import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { RepoRef } from '../../model/repo.ts';
import type { SettingsInForce } from '../../model/settings.ts';
import { pullOrigin } from './pull-origin.ts';
import type { PullTools } from './pull-tools.ts';
import type { RepositoryUser } from './request.ts';
import { orUnread } from './users.ts';

type UserTools = Pick<PullTools, 'usedBy' | 'forge' | 'mirror' | 'settings' | 'store'>;

/** The repositories that use one, at the head of their default branch. One that cannot be read says why. */
export async function usersOf(
  repo: RepoRef,
  tools: UserTools,
  signal: AbortSignal,
): Promise<readonly RepositoryUser[]> {
  const users: RepositoryUser[] = [];
  for (const name of tools.usedBy?.(repo) ?? [])
    users.push(await orUnread(name, signal, async () => readUser(await named(name, repo.forge, tools), tools, signal)));
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

async function readUser(ref: RepoRef, tools: UserTools, signal: AbortSignal): Promise<RepositoryUser> {
  const port = await tools.forge(ref.forge).repo(ref);
  const [{ url }, repository, inForce] = await Promise.all([
    port.gitRemote(),
    tools.mirror(ref),
    tools.settings(ref, signal),
  ]);
  const { branch, commit, settings, clusters } = inForce;
  const own = { url, branch, defaultBranch: branch };
  return {
    ...({ kind: 'read', name: port.ref.fullName, settings, clusters, findings: problemOf(inForce) } as const),
    tree: await repository.tree(commit, signal),
    origin: pullOrigin(own, repository, () => port.gitRemote()),
  };
}

function problemOf({ problem }: SettingsInForce): readonly Finding[] {
  if (problem === null) return [];
  const place = { target: null, resource: null, file: '.fairlead.yaml', line: null };
  return [{ rule: 'config-invalid', severity: 'caution', ...place, message: problem, fix: null }];
}
