import type { Identity } from './git.ts';
import type { Git } from './run-git.ts';

const deadlineMs = 15_000;

/** Asks a repository for its remotes and branches. */
export async function readIdentity(git: Git, signal: AbortSignal): Promise<Identity> {
  const ask = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { code, stdout } = await git.run({ args, signal, deadlineMs });
    return code === 0
      ? stdout
          .toString('utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  };
  const [remotes, [branch = null], [remoteHead], branches] = await Promise.all([
    ask('config', '--local', '--get-regexp', '^remote\\..*\\.url$'),
    ask('symbolic-ref', '--quiet', '--short', 'HEAD'),
    ask('symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'),
    ask(
      'for-each-ref',
      '--format=%(refname:short)',
      'refs/heads/main',
      'refs/heads/master',
      'refs/remotes/origin/main',
      'refs/remotes/origin/master',
    ),
  ]);
  const [found = null] = branches.map(withoutRemote);
  return {
    urls: remotes.map((line) => line.slice(line.indexOf(' ') + 1)),
    branch,
    defaultBranch: remoteHead === undefined ? found : withoutRemote(remoteHead),
  };
}

function withoutRemote(name: string): string {
  return name.replace(/^origin\//, '');
}
