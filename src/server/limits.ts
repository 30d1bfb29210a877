import { BorderError } from '../model/error.ts';
import { matchesGlob } from '../model/glob.ts';
import type { RepoRef } from '../model/repo.ts';
import type { ServerLimits } from '../model/server-settings.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { Forges } from './forges.ts';

/**
 * The forges as far as the server's list of repositories goes: webhooks of others say nothing, and whatever asks for one of them by
 * another way is refused with `BorderError` `repository-not-allowed`.
 */
export function onlyAllowed(forges: Forges, { repositories }: Pick<ServerLimits, 'repositories'>): Forges {
  if (repositories.length === 0) return forges;
  const guarded = new Map(forges.all.map(({ forge }) => [forge.name, guard(forge, repositories)]));
  return {
    all: forges.all.map(({ forge, path }) => ({ forge: guarded.get(forge.name) ?? forge, path })),
    forge: (name) => guarded.get(name) ?? forges.forge(name),
  };
}

/** Whether a list of globs on `owner/name` or `forge:owner/name` holds a repository; GitHub and GitLab mind no case. */
export function isAllowed({ forge, fullName }: Pick<RepoRef, 'forge' | 'fullName'>, globs: readonly string[]): boolean {
  const names = [fullName, `${forge}:${fullName}`].map((name) => name.toLowerCase());
  return globs.length === 0 || globs.some((glob) => names.some((name) => matchesGlob(name, glob.toLowerCase())));
}

/** Whether an application may be deployed, healed and reverted. */
export function isDeployable(name: string, globs: readonly string[]): boolean {
  return globs.length === 0 || globs.some((glob) => matchesGlob(name, glob));
}

function guard(forge: Forge, globs: readonly string[]): Forge {
  const { receiver } = forge;
  return {
    ...forge,
    receiver: {
      ...receiver,
      normalise: (delivery) => receiver.normalise(delivery).filter(({ repo }) => isAllowed(repo, globs)),
    },
    repositories: async () => (await forge.repositories()).filter((ref) => isAllowed(ref, globs)),
    repo: async (ref) => {
      if (!isAllowed(ref, globs)) throw refused(ref);
      return forge.repo(ref);
    },
  };
}

function refused({ fullName }: RepoRef): BorderError {
  return new BorderError({
    code: 'repository-not-allowed',
    subject: fullName,
    message: `the server does not work for ${fullName}`,
    remedy: 'Add it to repositories in the file of the server.',
    kind: 'forbidden',
    status: 0,
  });
}
