import type { FluxHelmRelease } from '../../formats/flux/helm-release.ts';
import type { FluxKustomization } from '../../formats/flux/kustomization.ts';
import { type FluxReference, formatReference } from '../../formats/flux/reference.ts';
import type { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { lineOf, type Resource } from '../../model/resource.ts';
import type { FluxSource } from './flux-sources.ts';

type Spec = FluxKustomization | FluxHelmRelease;

/** Kustomizations that apply each other. */
export function cycle(resource: Resource, chain: readonly string[]): Finding {
  const last = chain.at(-1) ?? '';
  const circle = chain.slice(chain.indexOf(last));
  return {
    ...at(resource, '/metadata/name'),
    rule: 'flux-cycle',
    severity: 'caution',
    message: `Kustomizations apply each other: ${circle.join(' -> ')}.`,
    fix: 'Let only one of them apply the other.',
  };
}

/** A source that no object of the tree is. */
export function sourceMissing(spec: Spec, reference: FluxReference): Finding {
  const path = spec.kind === 'helmrelease' ? '/spec/chart' : '/spec/sourceRef';
  return {
    ...at(spec.resource, path),
    rule: 'flux-source-missing',
    severity: 'caution',
    message: `${nameOf(spec)} names ${formatReference(reference)}, which is not in this repository: what it applies cannot be told.`,
    fix: 'Keep the source in Git beside what uses it, or correct the name.',
  };
}

/** Something that is not applied for now. */
export function suspended(spec: Spec): Finding {
  return {
    ...at(spec.resource, '/spec/suspend'),
    rule: 'flux-suspended',
    severity: 'note',
    message: `${nameOf(spec)} is suspended: Flux applies no change of it until it is resumed.`,
    fix: null,
  };
}

/** What a review cannot see of an object, though it can be rendered. */
export function unseen(spec: Spec, source: FluxSource | null): readonly Finding[] {
  const found: Finding[] = [];
  const tell = (pointer: string, rule: string, message: string): void => {
    const severity = 'caution';
    found.push({ ...at(spec.resource, pointer), rule, severity, message: `${nameOf(spec)} ${message}`, fix: null });
  };
  if (source?.spec.kind === 'GitRepository' && source.spec.hasIncludes) {
    tell(
      '/spec/sourceRef',
      'flux-source-includes',
      'reads a source that includes files of others, which are not seen here.',
    );
  }
  if (spec.kind === 'kustomization') return found;
  if (spec.preservesValues) {
    const message = 'keeps the values of the release before it (upgrade.preserveValues), which no file tells.';
    tell('/spec/upgrade/preserveValues', 'flux-values-preserved', message);
  }
  if (spec.chart.kind === 'template' && spec.chart.valuesFiles.length > 0) {
    const message = "takes its valuesFiles in the place of the chart's own values.yaml; here they are merged over it.";
    tell('/spec/chart/spec/valuesFiles', 'flux-values-files', message);
  }
  return found;
}

/** A Kustomization that could not be rendered while its children were looked for. */
export function unknownChildren(kustomization: FluxKustomization, fault: FairleadError): Finding {
  return {
    ...at(kustomization.resource, '/spec/path'),
    rule: 'flux-children-unknown',
    severity: 'caution',
    message: `${nameOf(kustomization)} cannot be built, so what it declares is not known: ${fault.message}`,
    fix: fault.remedy,
  };
}

/** What waits for something that is nowhere: neither among the applications, nor written in the tree. */
export function judgeDependencies(specs: readonly Spec[], objects: readonly Resource[]): readonly Finding[] {
  const known = new Set([...specs.map(({ resource }) => resource), ...objects].map(({ id }) => titleOf(id)));
  return specs.flatMap((spec) => {
    const { kind } = spec.resource.id;
    const missing = spec.dependsOn.filter((one) => !known.has(formatReference({ kind, ...one })));
    return missing.map((one) => ({
      ...at(spec.resource, ''),
      line: one.line,
      rule: 'flux-dependency-missing',
      severity: 'note' as const,
      message: `${nameOf(spec)} waits for ${formatReference({ kind, ...one })}, which is not in this repository.`,
      fix: null,
    }));
  });
}

function nameOf({ resource }: Spec): string {
  return titleOf(resource.id);
}

function titleOf({ kind, namespace, name }: Resource['id']): string {
  return formatReference({ kind, namespace: namespace ?? '', name });
}

function at(resource: Resource, pointer: string): Pick<Finding, 'target' | 'resource' | 'file' | 'line'> {
  return { target: null, resource: resource.id, file: resource.source?.file ?? null, line: lineOf(resource, pointer) };
}
