import { matchesGlob } from '../../model/glob.ts';
import type { Settings } from '../../model/settings.ts';
import type { Application } from '../../model/target.ts';
import { isWithin } from './found.ts';

/**
 * The applications as the settings name them, in the order given. The first environment one of whose globs matches the folder
 * or a values file takes an application from the environment its path names; an environment with globs holds nothing else. What no path
 * names an environment for is of the one that the branch belongs to ('' for a branch that is not known). What stands at or below the path of an entry of
 * `applications` (the deepest path wins) is called by the entry's name. Where that would give two applications of one
 * environment the same name, what the settings renamed or moved is told apart by the rest of its folder, its values files and its
 * renderer.
 */
export function withSettings(
  applications: readonly Application[],
  settings: Settings,
  branch: string,
): readonly Application[] {
  const ofBranch = environmentOfBranch(settings, branch);
  const named = applications.map((application): Named => {
    const folder = folderFor(application.root, settings);
    const environment = environmentFor(application, settings) ?? ofBranch;
    const name = folder?.name ?? application.name;
    return { before: application, folder: folder?.path ?? null, after: { ...application, name, environment } };
  });
  return longerNames.reduce(tellApart, named).map(({ after }) => after);
}

/** Environments that match an application beside the first, which it belongs to: whoever wrote the globs may not want that. */
export function otherMatches(application: Application, settings: Settings): readonly string[] {
  const matching = [...settings.environments.values()].filter(({ match }) => isMatched(application, match));
  return matching.slice(1).map(({ name }) => name);
}

/** The environment that a branch deploys to: the only one that names it, unless globs say what it holds. */
function environmentOfBranch({ environments }: Settings, branch: string): string | null {
  if (branch === '') return null;
  const [found, ...others] = [...environments.values()].filter((environment) => environment.branch === branch);
  return found === undefined || others.length > 0 || found.match.length > 0 ? null : found.name;
}

interface Named {
  readonly before: Application;
  /** Path of the entry that names it, or null. */
  readonly folder: string | null;
  readonly after: Application;
}

/** By its globs, else by its path; but an environment that has globs holds nothing they do not match. */
function environmentFor(application: Application, { environments }: Settings): string | null {
  const matching = [...environments.values()].find(({ match }) => isMatched(application, match));
  if (matching !== undefined) return matching.name;
  const byPath = environments.get(application.environment ?? '');
  return byPath !== undefined && byPath.match.length > 0 ? null : application.environment;
}

/** Of what an object declares its file counts too. */
function isMatched({ root, valuesFiles, declared }: Application, globs: readonly string[]): boolean {
  const file = declared?.application.declaredAt.file;
  const paths = [root, ...valuesFiles, ...(file === undefined ? [] : [file])];
  return globs.some((glob) => paths.some((path) => matchesGlob(path, glob)));
}

/** The entry of `applications` a folder belongs to: the deepest. The root of the repository is only itself. */
function folderFor(root: string, { applications }: Settings): { readonly name: string; readonly path: string } | null {
  const around = [...applications].filter(([, { path }]) => root === path || (path !== '' && isWithin(root, path)));
  const deepest = around.toSorted(([, one], [, other]) => other.path.length - one.path.length)[0];
  return deepest === undefined ? null : { name: deepest[0], path: deepest[1].path };
}

/** Ways to a longer name, tried one after another on whatever still shares its name. */
const longerNames: readonly ((named: Named, index: number) => string)[] = [
  ({ after, folder, before }) =>
    folder === null ? before.root || after.name : joined(after.name, rest(after.root, folder)),
  ({ after }) => joined(after.name, after.valuesFiles.map((file) => rest(file, after.root)).join('+')),
  ({ after }) => `${after.name}#${after.renderer}`,
  ({ after }, index) => `${after.name}#${index + 1}`,
];

/** Only what the settings changed gets another name: what discovery named is told apart already. */
function tellApart(all: readonly Named[], nameOf: (named: Named, index: number) => string): readonly Named[] {
  const counts = new Map<string, number>();
  for (const { after } of all) counts.set(keyOf(after), (counts.get(keyOf(after)) ?? 0) + 1);
  return all.map((named, index) => {
    const { before, after } = named;
    const isShared = (counts.get(keyOf(after)) ?? 0) > 1;
    const isOwn = keyOf(before) === keyOf(after);
    return isShared && !isOwn ? { ...named, after: { ...after, name: nameOf(named, index) } } : named;
  });
}

function joined(name: string, more: string): string {
  return more === '' ? name : `${name}/${more}`;
}

/** A path below a folder. */
function rest(path: string, folder: string): string {
  if (path === folder) return '';
  return folder !== '' && isWithin(path, folder) ? path.slice(folder.length + 1) : path;
}

function keyOf({ name, environment }: Application): string {
  return `${name}\0${environment ?? ''}`;
}
