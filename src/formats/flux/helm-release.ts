import { createHash } from 'node:crypto';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import { lineOf, type Resource } from '../../model/resource.ts';
import { type FieldPath, Fields } from './fields.ts';
import {
  type CommonMetadata,
  type FluxImage,
  objects,
  readCommonMetadata,
  readImages,
  readKubeConfig,
} from './kustomization.ts';
import { type Dependency, type FluxReference, readDependencies, readReference } from './reference.ts';

/** Where a HelmRelease's chart comes from. */
export type FluxChart =
  /** `spec.chart.spec`: a name in a HelmRepository, or a folder in another source. */
  | {
      readonly kind: 'template';
      readonly chart: string;
      /** As written; `*` without. Only for a HelmRepository. */
      readonly version: string;
      readonly source: FluxReference;
      /** In the source; they take the place of the chart's own values.yaml. */
      readonly valuesFiles: readonly string[];
      readonly ignoresMissingValuesFiles: boolean;
    }
  /** `spec.chartRef`: an OCIRepository, HelmChart or ExternalArtifact. */
  | { readonly kind: 'reference'; readonly reference: FluxReference };

/** One entry of `spec.valuesFrom`. */
export interface ValuesFrom {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly key: string;
  /** Null: the key holds values as YAML; else one value for this path, as `--set` takes it. */
  readonly targetPath: string | null;
  readonly isOptional: boolean;
  /** 1-based; null in an object that was rendered. */
  readonly line: number | null;
}

/** What happens to the files of a chart's `crds` folder. */
export type CrdsPolicy = 'Skip' | 'Create' | 'CreateReplace';

/** A HelmRelease, as helm-controller takes it. */
export interface FluxHelmRelease {
  readonly kind: 'helmrelease';
  readonly resource: Resource;
  readonly name: string;
  /** '' where the object names none. */
  readonly namespace: string;
  readonly chart: FluxChart;
  readonly releaseName: string;
  /** Of the release. */
  readonly targetNamespace: string;
  readonly values: JsonObject;
  readonly valuesFrom: readonly ValuesFrom[];
  /** In order; each is a kustomization over what the one before gave. */
  readonly postRenderers: readonly { readonly patches: readonly JsonObject[]; readonly images: readonly FluxImage[] }[];
  readonly commonMetadata: CommonMetadata | null;
  readonly crds: { readonly install: CrdsPolicy; readonly upgrade: CrdsPolicy };
  readonly hooks: { readonly install: boolean; readonly upgrade: boolean };
  /** Whether values are checked against the chart's schema. */
  readonly schemaValidation: { readonly install: boolean; readonly upgrade: boolean };
  /** Whether objects are checked against the cluster's OpenAPI. */
  readonly openApiValidation: { readonly install: boolean; readonly upgrade: boolean };
  readonly createsNamespace: boolean;
  /** Whether an upgrade keeps the values of the release before, which no file tells. */
  readonly preservesValues: boolean;
  readonly driftDetection: 'enabled' | 'warn' | 'disabled';
  /** `driftDetection.ignore`: `paths` and `target` of each rule, as written. */
  readonly ignore: readonly JsonObject[];
  readonly dependsOn: readonly Dependency[];
  readonly isSuspended: boolean;
  /** As a Kustomization's. */
  readonly kubeConfig: string | null;
  readonly serviceAccountName: string | null;
}

/** Whether an object is a HelmRelease in a version that is read here. */
export function isFluxHelmRelease({ id }: Pick<Resource, 'id'>): boolean {
  const { group, version, kind } = id;
  return group === 'helm.toolkit.fluxcd.io' && kind === 'HelmRelease' && ['v2', 'v2beta2'].includes(version);
}

/**
 * Reads a HelmRelease (helm.toolkit.fluxcd.io/v2 and v2beta2; source: helm-controller api/v2). Where a field is not as the API server
 * wants it, the findings instead: Flux never gets such an object.
 */
export function readFluxHelmRelease(resource: Resource): FluxHelmRelease | readonly Finding[] {
  const fields = new Fields(resource);
  const at = (path: FieldPath): number | null => lineOf(resource, formatPointer(path));
  const { name } = resource.id;
  const namespace = resource.id.namespace ?? '';
  const targetNamespace = fields.text('spec', 'targetNamespace');
  const release: FluxHelmRelease = {
    kind: 'helmrelease',
    resource,
    name,
    namespace,
    chart: readChart(fields, namespace),
    releaseName: shortenName(
      fields.text('spec', 'releaseName') || (targetNamespace ? `${targetNamespace}-${name}` : name),
    ),
    targetNamespace: targetNamespace || namespace,
    values: fields.object('spec', 'values') ?? {},
    valuesFrom: readValuesFrom(fields, at),
    postRenderers: readPostRenderers(fields),
    commonMetadata: readCommonMetadata(fields),
    ...readActions(fields),
    driftDetection: fields.oneOf(['enabled', 'warn', 'disabled'], 'spec', 'driftDetection', 'mode') ?? 'disabled',
    ignore: objects(fields, 'spec', 'driftDetection', 'ignore'),
    dependsOn: readDependencies(fields, namespace, at),
    isSuspended: fields.flag('spec', 'suspend'),
    kubeConfig: readKubeConfig(fields),
    serviceAccountName: fields.text('spec', 'serviceAccountName') || null,
  };
  return fields.findings.length > 0 ? fields.findings : release;
}

const chartSources = ['HelmRepository', 'GitRepository', 'Bucket'] as const;
const chartReferences = ['OCIRepository', 'HelmChart', 'ExternalArtifact'] as const;

function readChart(fields: Fields, namespace: string): FluxChart {
  const hasChart = fields.object('spec', 'chart') !== null;
  const hasReference = fields.object('spec', 'chartRef') !== null;
  if (hasChart === hasReference)
    fields.refuse(['spec'], 'either spec.chart or spec.chartRef must be set, and not both.');
  if (hasReference) {
    const reference = readReference(fields, ['spec', 'chartRef'], { kinds: chartReferences, namespace });
    return { kind: 'reference', reference };
  }
  return { kind: 'template', ...readChartSpec(fields, ['spec', 'chart', 'spec'], namespace) };
}

/** The fields that a HelmRelease's chart and a HelmChart have in common. */
export function readChartSpec(
  fields: Fields,
  path: FieldPath,
  namespace: string,
): Omit<Extract<FluxChart, { kind: 'template' }>, 'kind'> {
  return {
    chart: fields.required(...path, 'chart'),
    version: fields.text(...path, 'version') || '*',
    source: readReference(fields, [...path, 'sourceRef'], { kinds: chartSources, namespace }),
    valuesFiles: fields.texts(...path, 'valuesFiles'),
    ignoresMissingValuesFiles: fields.flag(...path, 'ignoreMissingValuesFiles'),
  };
}

function readValuesFrom(fields: Fields, at: (path: FieldPath) => number | null): readonly ValuesFrom[] {
  return fields.items('spec', 'valuesFrom').flatMap((path) => {
    fields.required(...path, 'kind');
    const kind = fields.oneOf(['ConfigMap', 'Secret'], ...path, 'kind');
    const from = {
      name: fields.required(...path, 'name'),
      key: fields.text(...path, 'valuesKey') || 'values.yaml',
      targetPath: fields.text(...path, 'targetPath') || null,
      isOptional: fields.flag(...path, 'optional'),
      line: at(path),
    };
    return kind === null ? [] : [{ kind, ...from }];
  });
}

function readPostRenderers(fields: Fields): FluxHelmRelease['postRenderers'] {
  return fields.items('spec', 'postRenderers').map((path) => ({
    patches: objects(fields, ...path, 'kustomize', 'patches'),
    images: readImages(fields, ...path, 'kustomize', 'images'),
  }));
}

type Actions = Pick<
  FluxHelmRelease,
  'crds' | 'hooks' | 'schemaValidation' | 'openApiValidation' | 'createsNamespace' | 'preservesValues'
>;

function readActions(fields: Fields): Actions {
  const allows = (flag: string): { readonly install: boolean; readonly upgrade: boolean } => ({
    install: !fields.flag('spec', 'install', flag),
    upgrade: !fields.flag('spec', 'upgrade', flag),
  });
  const policies = ['Skip', 'Create', 'CreateReplace'] as const;
  const skips = fields.flag('spec', 'install', 'skipCRDs');
  return {
    crds: {
      install: fields.oneOf(policies, 'spec', 'install', 'crds') ?? (skips ? 'Skip' : 'Create'),
      upgrade: fields.oneOf(policies, 'spec', 'upgrade', 'crds') ?? 'Skip',
    },
    hooks: allows('disableHooks'),
    schemaValidation: allows('disableSchemaValidation'),
    openApiValidation: allows('disableOpenAPIValidation'),
    createsNamespace: fields.flag('spec', 'install', 'createNamespace'),
    preservesValues: fields.flag('spec', 'upgrade', 'preserveValues'),
  };
}

/** helm-controller, internal/release/name.go: a name beyond 53 bytes ends with twelve digits of its SHA-256. */
function shortenName(name: string): string {
  if (Buffer.byteLength(name) <= 53) return name;
  return `${name.slice(0, 40)}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
