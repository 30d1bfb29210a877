import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { Fields } from './fields.ts';
import { type FluxChart, readChartSpec } from './helm-release.ts';

/** What an object of source.toolkit.fluxcd.io says. */
export type FluxSourceSpec =
  | {
      readonly kind: 'GitRepository';
      readonly url: string;
      /** Branch, tag, full name of a reference or commit; a range of versions where `isRange`. The most exact one that is set. */
      readonly revision: string;
      readonly isRange: boolean;
      /** The branch it follows; null when it follows something else. */
      readonly branch: string | null;
      readonly ignore: string | null;
      /** Whether files of other GitRepositories are put among its own. */
      readonly hasIncludes: boolean;
    }
  | { readonly kind: 'HelmRepository'; readonly url: string; readonly isOci: boolean }
  | {
      readonly kind: 'OCIRepository';
      readonly url: string;
      /** A tag, a range of versions or a digest. */
      readonly revision: string;
      readonly ignore: string | null;
    }
  | ({ readonly kind: 'HelmChart' } & Omit<Extract<FluxChart, { kind: 'template' }>, 'kind'>)
  /** Its files are nowhere a review could read them. */
  | { readonly kind: 'Bucket' | 'ExternalArtifact' };

const kinds = ['GitRepository', 'HelmRepository', 'OCIRepository', 'HelmChart', 'Bucket', 'ExternalArtifact'];

/** Whether an object is a source of Flux, in whatever version: their fields did not change. */
export function isFluxSource({ id }: Pick<Resource, 'id'>): boolean {
  return id.group === 'source.toolkit.fluxcd.io' && kinds.includes(id.kind);
}

/** Reads a source (source.toolkit.fluxcd.io; source-controller api/v1), or gives the findings for which its API would refuse it. */
export function readFluxSource(resource: Resource): FluxSourceSpec | readonly Finding[] {
  const fields = new Fields(resource);
  const spec = readSpec(fields, resource);
  return fields.findings.length > 0 ? fields.findings : spec;
}

function readSpec(fields: Fields, { id }: Resource): FluxSourceSpec {
  switch (id.kind) {
    case 'GitRepository':
      return readGit(fields);
    case 'HelmRepository': {
      const url = fields.required('spec', 'url');
      return { kind: 'HelmRepository', url, isOci: fields.text('spec', 'type') === 'oci' || url.startsWith('oci://') };
    }
    case 'OCIRepository':
      return {
        kind: 'OCIRepository',
        url: fields.required('spec', 'url'),
        revision:
          ['digest', 'semver', 'tag'].map((key) => fields.text('spec', 'ref', key)).find((text) => text) ?? 'latest',
        ignore: fields.text('spec', 'ignore'),
      };
    case 'HelmChart':
      return { kind: 'HelmChart', ...readChartSpec(fields, ['spec'], id.namespace ?? '') };
    default:
      return { kind: id.kind === 'Bucket' ? 'Bucket' : 'ExternalArtifact' };
  }
}

/** Of several kinds of reference the most exact wins; with none it is `master`. */
function readGit(fields: Fields): FluxSourceSpec {
  const order = ['commit', 'name', 'semver', 'tag', 'branch'] as const;
  const found = order
    .map((key) => ({ key, value: fields.text('spec', 'ref', key) || null }))
    .find((one): one is { key: (typeof order)[number]; value: string } => one.value !== null);
  const { key, value } = found ?? { key: 'branch', value: 'master' };
  return {
    kind: 'GitRepository',
    url: fields.required('spec', 'url'),
    revision: value,
    isRange: key === 'semver',
    branch: branchOf(key, value),
    ignore: fields.text('spec', 'ignore'),
    hasIncludes: fields.items('spec', 'include').length > 0,
  };
}

function branchOf(key: string, value: string): string | null {
  if (key === 'branch') return value;
  return key === 'name' && value.startsWith('refs/heads/') ? value.slice('refs/heads/'.length) : null;
}
