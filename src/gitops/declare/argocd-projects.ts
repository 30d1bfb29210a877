import { permitsDestination, permitsKind, permitsSource } from '../../formats/argocd/project.ts';
import { repositoryKey } from '../../formats/repository-url.ts';
import type { KnownCluster, Learned } from '../../model/argocd-knowledge.ts';
import type { DeclaredApplication, PlacedCluster } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { RenderInputs } from '../../model/renderer.ts';
import { formatResource, type Resource, type ResourceId } from '../../model/resource.ts';
import { defaultProject } from './argocd-project-lookup.ts';

/** What a project refuses of an application as it is declared: Argo CD then syncs nothing of it. */
export function judgeApplication(
  application: DeclaredApplication,
  { spec, place, clusters }: ProjectJudgement,
): readonly Finding[] {
  const { sources, destination, project } = application;
  const name = project || defaultProject;
  const tell = (what: string): Finding =>
    refusal(
      application,
      `the project ${name} does not permit ${what}`,
      'Permit it in the AppProject, or choose another project.',
    );
  const addresses = sources.map(({ place }) => (place.kind === 'chart' ? place.repository : place.url));
  const refused = [...new Set(addresses)].filter((address) => !permitsSource(spec, address, addressKey));
  const { server, cluster, namespace } = destination;
  const to = { server, name: cluster, ...place, namespace: namespace ?? '' };
  const isHome = permitsDestination(spec, to) !== false && isScoped(spec, { name, place, clusters });
  const where = `the destination ${cluster ?? server ?? ''}${namespace === null ? '' : ` ${namespace}`}`;
  return [...refused.map((address) => tell(`the source ${address}`)), ...(isHome ? [] : [tell(where)])];
}

/** What an application is judged by. */
export interface ProjectJudgement {
  readonly spec: JsonObject;
  /** Where it goes; null where that is not known. */
  readonly place: PlacedCluster | null;
  readonly clusters: Learned<readonly KnownCluster[]>;
}

/** Whether the cluster belongs to the project, where only such are permitted; true where that is not known. */
function isScoped(
  spec: JsonObject,
  { name, place, clusters }: Omit<ProjectJudgement, 'spec'> & { readonly name: string },
): boolean {
  if (spec['permitOnlyProjectScopedClusters'] !== true || place === null || clusters.kind === 'unknown') return true;
  const own = clusters.value.filter(({ project }) => project === name);
  return own.some((cluster) => cluster.name === place.name || cluster.server === place.server);
}

/** That the project of an application is not there. */
export function missingProject(application: DeclaredApplication): Finding {
  const message = `there is no project ${application.project}, neither in the repository nor in Argo CD`;
  return refusal(application, message, 'Correct its name, or add the AppProject.');
}

function refusal({ name, declaredAt }: DeclaredApplication, what: string, fix: string): Finding {
  return {
    ...{ rule: 'argocd-project', severity: 'block', target: null, resource: null },
    ...{ file: declaredAt.file, line: declaredAt.line },
    message: `Application ${name}: ${what}, so Argo CD syncs nothing of it.`,
    fix,
  };
}

/** What a project refuses of the objects an application renders. Of kinds whose scope is not known nothing is said. */
export function judgeObjects(
  application: DeclaredApplication,
  {
    spec,
    place,
    resources,
    inputs,
  }: Pick<ProjectJudgement, 'spec' | 'place'> & {
    readonly resources: readonly Resource[];
    readonly inputs: RenderInputs;
  },
): readonly Finding[] {
  const { server, cluster } = application.destination;
  return resources.flatMap(({ id, source }): readonly Finding[] => {
    const isKind = !isKnown(id, inputs) || permitsKind(spec, id);
    const to = { server, name: cluster, ...place, namespace: id.namespace ?? '' };
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
