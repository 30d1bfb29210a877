import { type RepoRef, repoKey } from '../../model/repo.ts';
import type { Settings } from '../../model/settings.ts';
import { loadSettings } from '../../world/config/load-settings.ts';
import { problemText } from '../../world/config/problem.ts';
import type { BranchRules, Forge } from '../../world/forge/forge.ts';
import type { RepositoryFacts } from '../../world/forge/inspect.ts';
import type { Repository } from '../../world/git/git.ts';
import { type Diagnosis, type Probe, type Teller, teller } from './diagnosis.ts';
import { judgePlace } from './judge-place.ts';

/** What looking at repositories takes. */
export interface RepositoryTools {
  readonly forge: (name: string) => Forge;
  /** Our place in a repository; null where the forge gives rights and webhooks to the account. */
  readonly inspect: (repo: RepoRef, signal: AbortSignal) => Promise<RepositoryFacts | null>;
  readonly mirror: (key: string) => Promise<Repository>;
  readonly engines: readonly string[];
  /** Clusters the server is told of. */
  readonly clusters: readonly string[];
  /** The name of our check. */
  readonly check: string;
  /** What the server caps the mode at. */
  readonly mode: 'observe' | 'enforce';
}

/** Looks at a repository as the bot does: fetches the default branch, reads its settings, asks what protects it. */
export function repositoryProbes(repo: RepoRef, tools: RepositoryTools): readonly Probe[] {
  const area = `repository ${repo.fullName}`;
  const tell = teller(area, '.fairlead.yaml');
  let reading: ReturnType<typeof readSettings> | null = null;
  const settingsOf = (signal: AbortSignal) => (reading ??= readSettings(repo, { tools, tell }, signal));
  return [
    {
      area,
      check: 'role',
      look: async (signal) => {
        const facts = await tools.inspect(repo, signal);
        return facts === null ? [] : judgePlace(area, facts);
      },
    },
    { area, check: '.fairlead.yaml', look: async (signal) => [(await settingsOf(signal)).told] },
    {
      area,
      check: 'required checks',
      look: async (signal) => {
        const port = await tools.forge(repo.forge).repo(repo);
        const branch = await port.defaultBranch();
        const rules = await port.branchRules(branch);
        // That settings cannot be read is told by the other check.
        const settings = await settingsOf(signal).then(
          (read) => read.settings,
          () => null,
        );
        const enforces = settings?.mode === 'enforce' && tools.mode === 'enforce';
        return [judgeRules(tell, { ...rules, branch, enforces, name: tools.check })];
      },
    },
  ];
}

async function readSettings(
  repo: RepoRef,
  { tools, tell }: { readonly tools: RepositoryTools; readonly tell: Teller },
  signal: AbortSignal,
): Promise<{ readonly settings: Settings | null; readonly told: Diagnosis }> {
  const port = await tools.forge(repo.forge).repo(repo);
  const branch = await port.defaultBranch();
  const repository = await tools.mirror(repoKey(repo).replace(':', '-'));
  const { url, header } = await port.gitRemote();
  await repository.fetch({ url, header, refs: [`refs/heads/${branch}`] }, signal);
  const commit = await repository.resolve(`refs/heads/${branch}`, signal);
  const tree = await repository.tree(commit, signal);
  const { settings, problems, isWritten } = await loadSettings({
    tree,
    commit,
    signal,
    engines: tools.engines,
    clusters: tools.clusters,
  });
  const [first] = problems;
  if (settings === null || first !== undefined) {
    const says = first === undefined ? 'it is broken' : problemText(first);
    return { settings: null, told: tell.fault(says, first?.fix ?? 'Correct it.') };
  }
  const says = isWritten
    ? `valid, mode ${settings.mode}, ${settings.environments.size} environments`
    : 'none: it observes';
  return { settings, told: tell.ok(says) };
}

interface Rules extends BranchRules {
  readonly branch: string;
  readonly enforces: boolean;
  readonly name: string;
}

function judgeRules(tell: Teller, { requiredChecks, lacks = [], branch, enforces, name }: Rules): Diagnosis {
  const check = 'required checks';
  if (requiredChecks === null)
    return tell.unknown(
      `the rules of ${branch} may not be read`,
      'Look yourself whether the check is required; rules of private repositories need a paid plan.',
      check,
    );
  if (requiredChecks.includes(name)) return tell.ok(`${name} is required on ${branch}`, check);
  const says = `${name} is not required on ${branch}: a blocked pull can be merged`;
  const fix =
    lacks.length === 0
      ? `Require the status check ${name} on ${branch} (a ruleset, or branch protection).`
      : `Switch on ${lacks.join(' and ')}: every status of the pipeline must pass then, ${name} among them.`;
  return enforces ? tell.fault(says, fix, { check }) : tell.warning(says, fix, check);
}
