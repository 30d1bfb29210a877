import { permitsDestination, permitsKind, permitsSource } from '../../formats/argocd/project.ts';
import { repositoryKey } from '../../formats/repository-url.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { RenderInputs } from '../../model/renderer.ts';
import { formatResource, type Resource, type ResourceId } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { readObjects } from './written-objects.ts';

/** `spec` of the AppProjects of a tree by name; null for a name that several have. */
export type Projects = ReadonlyMap<string, JsonObject | null>;

/** The project of an application that names none. */
const defaultProject = 'default';

/** Whether a text may hold an AppProject. */
export function maybeProject(text: Buffer): boolean {
  return text.includes('argoproj.io/v1alpha1') && text.includes('AppProject');
}

/** Reads the AppProjects that stand in files. What cannot be read restricts nothing here: its renderer tells. */
export async function readProjects(tree: Tree, likely: ReadonlySet<string>, signal: AbortSignal): Promise<Projects> {
  const projects = new Map<string, JsonObject | null>();
  const paths = [...likely].filter((path) => /\.(?:ya?ml|json)$/.test(path));
  const found = (await readObjects(tree, paths, signal)).filter(isProject);
  for (const { id, object } of found) {
    const spec = isJsonObject(object['spec']) ? object['spec'] : {};
    projects.set(id.name, projects.has(id.name) ? null : spec);
  }
  return projects;
}

function isProject({ id }: Resource): boolean {
  return id.group === 'argoproj.io' && id.kind === 'AppProject';
}

/** What the project of an application says, where it is in the tree. */
export function projectOf({ project }: DeclaredApplication, projects: Projects): JsonObject | null {
  return projects.get(project === null || project === '' ? defaultProject : project) ?? null;
}

/** What a project refuses of an application as it is declared: Argo CD then syncs nothing of it. */
export function judgeApplication(application: DeclaredApplication, spec: JsonObject): readonly Finding[] {
  const { name, sources, destination, declaredAt, project } = application;
  const tell = (what: string): Finding => ({
    ...{ rule: 'argocd-project', severity: 'block', target: null, resource: null },
    ...{ file: declaredAt.file, line: declaredAt.line },
    message: `Application ${name}: the project ${project || defaultProject} does not permit ${what}, so Argo CD syncs nothing of it.`,
    fix: 'Permit it in the AppProject, or choose another project.',
  });
  const addresses = sources.map(({ place }) => (place.kind === 'chart' ? place.repository : place.url));
  const refused = [...new Set(addresses)].filter((address) => !permitsSource(spec, address, addressKey));
  const { server, cluster, namespace } = destination;
  const to = { server, name: cluster, namespace: namespace ?? '' };
  const isHome = permitsDestination(spec, to) !== false;
  const place = `the destination ${cluster ?? server ?? ''}${namespace === null ? '' : ` ${namespace}`}`;
  return [...refused.map((address) => tell(`the source ${address}`)), ...(isHome ? [] : [tell(place)])];
}

/** What a project refuses of the objects an application renders. Of kinds whose scope is not known nothing is said. */
export function judgeObjects(
  application: DeclaredApplication,
  {
    spec,
    resources,
    inputs,
  }: { readonly spec: JsonObject; readonly resources: readonly Resource[]; readonly inputs: RenderInputs },
): readonly Finding[] {
  const { server, cluster } = application.destination;
  return resources.flatMap(({ id, source }): readonly Finding[] => {
    const isKind = !isKnown(id, inputs) || permitsKind(spec, id);
    const to = { server, name: cluster, namespace: id.namespace ?? '' };
    const isPlace = id.namespace === null || permitsDestination(spec, to) !== false;
    if (isKind && isPlace) return [];
    const what = isKind ? `the namespace ${id.namespace}` : `the kind ${id.kind}`;
    const { file, line } = source ?? application.declaredAt;
    const project = application.project || defaultProject;
    return [
      {
        ...{ rule: 'argocd-project', severity: 'block', target: null, resource: id, file, line },
        message: `${formatResource(id)}: the project ${project} does not permit ${what}, so Argo CD does not apply it.`,
        fix: 'Permit it in the AppProject, or leave it out.',
      },
    ];
  });
}

/** As Argo CD compares addresses. */
export function addressKey(address: string): string {
  return (
    repositoryKey(address) ??
    address
      .trim()
      .toLowerCase()
      .replace(/\/+$/, '')
      .replace(/\.git$/, '')
  );
}

function isKnown({ group, kind }: ResourceId, { namespaced }: RenderInputs): boolean {
  return namespaced[`${group}/${kind}`] !== undefined || !group.includes('.') || group.endsWith('.k8s.io');
}
