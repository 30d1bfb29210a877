import { readProject, withGlobal } from '../../formats/argocd/project.ts';
import type { GlobalProject } from '../../formats/argocd/settings.ts';
import { type KnownProject, knownOf, type Learned, nothingKnown } from '../../model/argocd-knowledge.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { isTemplate } from './argocd-objects.ts';
import { unread } from './argocd-unread.ts';
import { readObjects } from './written-objects.ts';

/** AppProjects by name, those of a tree over those that Argo CD has. */
export interface Projects {
  /** Null for a name that several have. */
  readonly tree: ReadonlyMap<string, KnownProject | null>;
  /** Charts of the tree may make others. */
  readonly mayHaveMore: boolean;
  /** Null where Argo CD may not be read. */
  readonly outside: Learned<ReadonlyMap<string, KnownProject>> | null;
  /** Of the settings; none where these are not known. */
  readonly globals: readonly GlobalProject[];
}

/** The project of an application that names none. Argo CD makes it itself. */
export const defaultProject = 'default';

/** Whether a text may hold an AppProject. */
export function maybeProject(text: Buffer): boolean {
  return text.includes('argoproj.io/v1alpha1') && text.includes('AppProject');
}

/** Reads the AppProjects that stand in files. What cannot be read restricts nothing here: its renderer tells. */
export async function readProjects(
  tree: Tree,
  { likely, ...known }: Pick<Projects, 'outside' | 'globals'> & { readonly likely: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<Projects> {
  const projects = new Map<string, KnownProject | null>();
  const paths = [...likely].filter((path) => /\.(?:ya?ml|json)$/.test(path));
  const mayHaveMore = paths.length < likely.size || paths.some((path) => isTemplate(path, tree));
  for (const { id, object } of (await readObjects(tree, paths, signal)).filter(isProject))
    projects.set(id.name, projects.has(id.name) ? null : readProject(object));
  return { tree: projects, mayHaveMore, ...known };
}

function isProject({ id }: Resource): boolean {
  return id.group === 'argoproj.io' && id.kind === 'AppProject';
}

/** The project of an application: what it says, that there is none, or that it cannot be told. */
export type FoundProject =
  | { readonly kind: 'found'; readonly project: KnownProject }
  | { readonly kind: 'missing' }
  | { readonly kind: 'untold'; readonly findings: readonly Finding[] };

/** Looks the project of an application up. What Argo CD has, and may not be read, is told. */
export function projectOf(application: DeclaredApplication, projects: Projects): FoundProject {
  const name = application.project || defaultProject;
  const found = lookUp(application, name, projects);
  return found.kind === 'found' ? { kind: 'found', project: withGlobals(name, found.project, projects) } : found;
}

function lookUp(
  application: DeclaredApplication,
  name: string,
  { tree, mayHaveMore, outside }: Projects,
): FoundProject {
  const own = tree.get(name);
  if (own !== undefined) return own === null ? untold : { kind: 'found', project: own };
  if (outside === null) return untold;
  if (outside.kind === 'unknown')
    return { kind: 'untold', findings: [unread(application, `what its project ${name} permits`, outside)] };
  const project = outside.value.get(name);
  if (project !== undefined) return { kind: 'found', project };
  return mayHaveMore || name === defaultProject ? untold : { kind: 'missing' };
}

/** A project is not laid over itself. */
function withGlobals(name: string, { labels, spec }: KnownProject, { tree, outside, globals }: Projects): KnownProject {
  const meant = globals.filter((one) => one.name !== name && one.isMeant(labels));
  const laid = meant.flatMap(
    (one) => tree.get(one.name) ?? knownOf(outside ?? nothingKnown.projects)?.get(one.name) ?? [],
  );
  return { labels, spec: laid.reduce((under, one) => withGlobal(under, one.spec), spec) };
}

const untold: FoundProject = { kind: 'untold', findings: [] };
