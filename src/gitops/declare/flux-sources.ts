import { type FluxReference, formatReference } from '../../formats/flux/reference.ts';
import { type FluxSourceSpec, isFluxSource, readFluxSource } from '../../formats/flux/source.ts';
import { isSameRepository } from '../../formats/repository-url.ts';
import type { SourcePlace } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { OwnRepository } from '../../model/repo.ts';
import type { Resource } from '../../model/resource.ts';

/** A source of Flux and where it leads. */
export interface FluxSource {
  readonly spec: FluxSourceSpec;
  /** With an empty path; null where a review cannot read it (a Bucket, an ExternalArtifact, a HelmChart, which names another source). */
  readonly place: SourcePlace | null;
  /** Whether it is this repository, at whatever revision. */
  readonly isOwn: boolean;
  /** Whether it follows the branch under review, so that the review's own tree is what it will serve. */
  readonly followsReview: boolean;
}

/** What is known of the repository under review: Flux names a branch always. */
export type FluxOwn = Pick<OwnRepository, 'urls' | 'branch'>;

/** `spec.ignore` of a source; null without. */
export function ignoreOf({ spec }: FluxSource): string | null {
  return spec.kind === 'GitRepository' || spec.kind === 'OCIRepository' ? spec.ignore : null;
}

/** The sources among some objects. */
export interface FluxSources {
  /** Null: no such object. */
  find(reference: FluxReference): FluxSource | null;
  readonly findings: readonly Finding[];
}

/**
 * The sources of Flux among objects; of several with one name the last counts. A GitRepository `flux-system` that is nowhere is this
 * repository at the branch under review: `flux bootstrap` and the Flux Operator make it so, the operator without an object in Git.
 */
export function resolveSources(objects: readonly Resource[], own: FluxOwn): FluxSources {
  const known = new Map<string, FluxSource>();
  const findings: Finding[] = [];
  for (const resource of objects.filter(isFluxSource)) {
    const spec = readFluxSource(resource);
    if (!('kind' in spec)) {
      findings.push(...spec);
      continue;
    }
    const { kind, namespace, name } = resource.id;
    known.set(formatReference({ kind, namespace: namespace ?? '', name }), toSource(spec, own));
  }
  return {
    find: (reference) => known.get(formatReference(reference)) ?? bootstrapped(reference, own),
    findings,
  };
}

function bootstrapped({ kind, name }: FluxReference, { urls: [url = ''], branch }: FluxOwn): FluxSource | null {
  if (kind !== 'GitRepository' || name !== 'flux-system') return null;
  const spec = {
    kind: 'GitRepository',
    url,
    revision: branch,
    isRange: false,
    branch,
    ignore: null,
    hasIncludes: false,
  } as const;
  return { spec, place: { kind: 'git', url, revision: branch, path: '' }, isOwn: true, followsReview: true };
}

function toSource(spec: FluxSourceSpec, own: FluxOwn): FluxSource {
  if (spec.kind !== 'GitRepository') return { spec, place: placeOf(spec), isOwn: false, followsReview: false };
  const isOwn = own.urls.length === 0 || own.urls.some((url) => isSameRepository(url, spec.url));
  const followsReview = isOwn && (own.branch === '' || spec.branch === own.branch);
  return { spec, place: placeOf(spec), isOwn, followsReview };
}

function placeOf(spec: FluxSourceSpec): SourcePlace | null {
  switch (spec.kind) {
    case 'GitRepository':
      return {
        ...{ kind: 'git', url: spec.url, revision: spec.revision, path: '' },
        ...(spec.isRange ? { reads: 'range' } : {}),
      };
    case 'OCIRepository':
      return { kind: 'oci', url: spec.url, revision: spec.revision, path: '' };
    case 'HelmRepository':
      return { kind: 'chart', repository: ociUrl(spec), name: '', version: '' };
    case 'HelmChart':
    case 'Bucket':
    case 'ExternalArtifact':
      return null;
    default:
      return spec satisfies never;
  }
}

function ociUrl({ url, isOci }: { readonly url: string; readonly isOci: boolean }): string {
  return isOci && !url.startsWith('oci://') ? `oci://${url.replace(/^[a-z]+:\/\//, '')}` : url;
}
