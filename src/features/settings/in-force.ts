import { type ClusterMap, contextsOf } from '../../model/cluster-map.ts';
import { FairleadError } from '../../model/error.ts';
import { type RepoRef, repoKey } from '../../model/repo.ts';
import type { ServerLimits } from '../../model/server-settings.ts';
import { clustersOf, type Settings, type SettingsInForce } from '../../model/settings.ts';
import { serverBound } from '../../model/tenancy.ts';
import { type LoadedSettings, loadSettings } from '../../world/config/load-settings.ts';
import { problemText } from '../../world/config/problem.ts';
import type { Forge, RepoPort } from '../../world/forge/forge.ts';
import type { Repository } from '../../world/git/git.ts';
import type { Store } from '../../world/store/store.ts';

/** What reading the settings in force needs. */
export interface SettingsTools {
  readonly forge: (name: string) => Forge;
  readonly mirror: (repo: RepoRef) => Promise<Repository>;
  readonly store: Pick<Store, 'heads'>;
  /** Names of the engines there are. */
  readonly engines: readonly string[];
  /** What the server was told of clusters: nothing else may be named. */
  readonly clusters: ClusterMap;
  /** The most a repository may ask for; left out: what it says. */
  readonly limits?: Pick<ServerLimits, 'mode'> & Partial<Pick<ServerLimits, 'tenancy' | 'impersonated'>>;
  readonly now: () => Date;
  /** Reads of one repository within so many milliseconds are the same read; 1,000 when left out. */
  readonly freshFor?: number;
  /** Hears of a newest commit whose settings are not in force, or not in all; once for each commit. */
  readonly onProblem?: (repo: RepoRef, problem: string) => void;
}

/** Reads the settings in force. */
export interface SettingsReader {
  (repo: RepoRef, signal: AbortSignal): Promise<SettingsInForce>;
  /** A branch of the repository moved: the next read is a new one. */
  forget(repo: RepoRef): void;
}

/** Under this name the newest commit with sound settings is remembered; no branch can be called so. */
const lastSoundName = ':settings';

/** Most repositories whose last read is kept. */
const mostKept = 1_000;

/**
 * Reads `.fairlead.yaml` of each repository's default branch. A file with faults does not take force: the last sound one stays, and
 * `problem` says so; also when it was sound for the clusters the server was told of then, and is not for those of now. Throws `BorderError` when forge or Git cannot be read.
 */
export function createSettingsReader(tools: SettingsTools): SettingsReader {
  const { freshFor = 1_000 } = tools;
  const recent = new Map<string, { readonly at: number; readonly reading: Promise<SettingsInForce> }>();
  const reader = (repo: RepoRef): Promise<SettingsInForce> => {
    const key = repoKey(repo);
    const known = recent.get(key);
    const now = tools.now().getTime();
    if (known !== undefined && now - known.at < freshFor) return known.reading;
    // Shared by all who ask at the same time: one that gives up must not end it for the others.
    const last = known?.reading.catch(() => null) ?? Promise.resolve(null);
    const reading = last.then((before) => read(repo, { tools, before }, AbortSignal.timeout(60_000)));
    recent.delete(key);
    recent.set(key, { at: now, reading });
    reading.catch(() => recent.delete(key));
    const [oldest] = recent.keys();
    if (recent.size > mostKept && oldest !== undefined) recent.delete(oldest);
    return reading;
  };
  // What was read stays known, so that a branch that did not move after all costs nothing; it only is not fresh any more.
  const forget = (repo: RepoRef): void => {
    const known = recent.get(repoKey(repo));
    if (known !== undefined) recent.set(repoKey(repo), { ...known, at: Number.NEGATIVE_INFINITY });
  };
  return Object.assign(reader, { forget });
}

/** A branch that did not move since the last read still says the same. */
async function read(
  repo: RepoRef,
  { tools, before }: { readonly tools: SettingsTools; readonly before: SettingsInForce | null },
  signal: AbortSignal,
): Promise<SettingsInForce> {
  const port = await tools.forge(repo.forge).repo(repo);
  const repository = await tools.mirror(repo);
  const branch = await port.defaultBranch();
  const head = await port.branchHead(branch);
  if (before !== null && before.branch === branch && before.commit === head) return before;
  const commit = await fetchHead(port, repository, { branch, head }, signal);
  const names = { engines: tools.engines, clusters: contextsOf(tools.clusters) };
  const newest = await load(commit, repository, names, signal);
  const known = await tools.store.heads.get(repo, lastSoundName);
  if (newest.settings !== null) {
    if (known !== commit) await tools.store.heads.set(null, repo, lastSoundName, commit);
    return inForce(newest.settings, null);
  }
  const sound = known === null ? null : await lastSound(known, repository, tools, signal);
  const problem = explain(newest, sound === null ? null : known);
  tools.onProblem?.(repo, problem);
  return inForce(sound ?? (await defaults(tools, signal)), problem);

  function inForce(settings: Settings, why: string | null): SettingsInForce {
    return {
      settings: withinLimits(settings, repo, tools),
      clusters: clustersOf(settings, tools.clusters),
      branch,
      commit,
      problem: why,
    };
  }
}

/** Settings as far as the server lets a repository go. */
function withinLimits(settings: Settings, repo: RepoRef, { limits }: SettingsTools): Settings {
  const outer = serverBound(limits?.tenancy ?? [], repo, limits?.impersonated);
  const tenancy = outer === null ? settings.tenancy : [outer, ...settings.tenancy];
  return { ...settings, tenancy, mode: limits?.mode === 'observe' ? 'observe' : settings.mode };
}

/** Why the newest settings are not in force, and which are; `known` is the commit of those, null when there is none. */
function explain({ commit, problems }: LoadedSettings, known: string | null): string {
  const [first] = problems;
  const why = first === undefined ? 'they are broken' : problemText(first);
  const newest = `the settings of ${commit.slice(0, 7)}`;
  if (known === commit) return `${newest} hold but for this: ${why}`;
  const instead =
    known === null
      ? 'there are no earlier ones, so nothing is deployed, healed or reverted'
      : `those of ${known.slice(0, 7)} hold`;
  return `${newest} are not in force: ${why}; ${instead}`;
}

async function fetchHead(
  port: RepoPort,
  repository: Repository,
  { branch, head }: { readonly branch: string; readonly head: string | null },
  signal: AbortSignal,
): Promise<string> {
  const isKnown = head !== null && (await repository.isAncestor(head, head, signal));
  if (head !== null && isKnown) return head;
  const { url, header } = await port.gitRemote();
  await repository.fetch({ url, header, refs: [`refs/heads/${branch}`] }, signal);
  return repository.resolve(`refs/heads/${branch}`, signal);
}

async function load(
  commit: string,
  repository: Repository,
  { engines, clusters }: { readonly engines: readonly string[]; readonly clusters: readonly string[] | null },
  signal: AbortSignal,
): Promise<LoadedSettings> {
  const tree = await repository.tree(commit, signal);
  return loadSettings({ tree, commit, engines, clusters, signal });
}

/**
 * The settings of a commit that were sound; null when it is not in the repository any more. The server may know other clusters by
 * now: that makes targets of those it does not know wait, and leaves everything else as it was.
 */
async function lastSound(
  commit: string,
  repository: Repository,
  { engines }: SettingsTools,
  signal: AbortSignal,
): Promise<Settings | null> {
  try {
    return (await load(commit, repository, { engines, clusters: null }, signal)).settings;
  } catch (error) {
    if (error instanceof FairleadError && error.code === 'unknown-revision') return null;
    throw error;
  }
}

/** Without any sound file Fairlead observes. */
async function defaults({ engines }: SettingsTools, signal: AbortSignal): Promise<Settings> {
  const tree = { id: 'none', entries: [], read: async () => new Map() };
  const { settings } = await loadSettings({ tree, commit: '', engines, clusters: null, signal });
  if (settings === null) throw new Error('the defaults are sound');
  return settings;
}
