import { differsRule } from '../../formats/argocd/document.ts';
import { type ResourceFilter, readResourceFilter } from '../../formats/argocd/resource-filter.ts';
import type { ArgoCdOptions } from '../../model/argocd-knowledge.ts';
import type { Declaration } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rendered } from '../../model/renderer.ts';
import { formatResource, type Resource } from '../../model/resource.ts';
import { parsedOr } from './argocd-settings.ts';

/** Without the objects of kinds that Argo CD is told to leave alone, and a note for each of these kinds. */
export function withoutExcluded(
  rendered: Rendered,
  { application, place, settings = {} }: Pick<Declaration, 'application' | 'place' | 'settings'>,
): Rendered {
  const filter = filterOf(settings);
  const server = place?.server ?? application.destination.server;
  const told = [...rendered.resources, ...rendered.hooks].map((resource) => ({
    resource,
    isExcluded: filter.excludes(resource.id, server),
  }));
  const excluded = new Set(told.filter((one) => one.isExcluded === true).map(({ resource }) => resource));
  const unsure = told.filter((one) => one.isExcluded === null).map(({ resource }) => resource);
  if (excluded.size + unsure.length === 0) return rendered;
  const at = application.declaredAt;
  const notes = [
    ...firstOfKinds([...excluded]).map((found) => leftOut(found, at)),
    ...firstOfKinds(unsure).map((found) => mayBeLeftOut(found, at)),
  ];
  return {
    resources: rendered.resources.filter((resource) => !excluded.has(resource)),
    hooks: rendered.hooks.filter((resource) => !excluded.has(resource)),
    findings: [...rendered.findings, ...notes],
  };
}

function filterOf(settings: ArgoCdOptions): ResourceFilter {
  const read = (key: string) => parsedOr(settings[key] ?? '', null);
  return readResourceFilter(read('resource.exclusions'), read('resource.inclusions'));
}

interface OfKind {
  readonly first: Resource;
  readonly count: number;
}

function firstOfKinds(resources: readonly Resource[]): readonly OfKind[] {
  const kinds = Map.groupBy(resources, ({ id }) => `${id.group}/${id.kind}`);
  return [...kinds.values()].flatMap((all) => {
    const [first] = all;
    return first === undefined ? [] : [{ first, count: all.length }];
  });
}

function leftOut(found: OfKind, declaredAt: Declaration['application']['declaredAt']): Finding {
  const { id, source } = found.first;
  const { file, line } = source ?? declaredAt;
  return {
    ...{ rule: 'argocd-excluded', severity: 'note', target: null, resource: id, file, line },
    message: `${subjectOf(found)}: Argo CD applies none of kind ${id.kind}, as its settings exclude it; left out of the comparison.`,
    fix: 'Leave it out of the repository, or change resource.exclusions and resource.inclusions in argocd-cm.',
  };
}

function mayBeLeftOut(found: OfKind, declaredAt: Declaration['application']['declaredAt']): Finding {
  const { id, source } = found.first;
  const { file, line } = source ?? declaredAt;
  return {
    ...{ rule: differsRule, severity: 'note', target: null, resource: id, file, line },
    message: `${subjectOf(found)}: Argo CD may apply none of kind ${id.kind}, as its settings exclude it in some clusters, and the address of this one is not known.`,
    fix: null,
  };
}

function subjectOf({ first, count }: OfKind): string {
  return count === 1 ? formatResource(first.id) : `${formatResource(first.id)} and ${count - 1} more`;
}
