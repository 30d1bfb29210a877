import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import { lineOf, type Resource } from '../../model/resource.ts';
import { type FieldPath, Fields } from './fields.ts';
import { type Dependency, type FluxReference, readDependencies, readReference } from './reference.ts';

/** Labels and annotations for all objects. */
export interface CommonMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An image whose name, tag or digest is changed; '' leaves it. */
export interface FluxImage {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
  readonly digest: string;
}

/** A ConfigMap or Secret whose keys are variables. */
export interface VariablesFrom {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly isOptional: boolean;
  /** 1-based; null in an object that was rendered. */
  readonly line: number | null;
}

/** How variables are put in after the build. */
export interface PostBuild {
  readonly substitute: Readonly<Record<string, string>>;
  readonly substituteFrom: readonly VariablesFrom[];
  /** Whether it is done even when there is no variable at all. */
  readonly isAlways: boolean;
}

/** A Kustomization of Flux, as its controller takes it. */
export interface FluxKustomization {
  readonly kind: 'kustomization';
  readonly resource: Resource;
  readonly name: string;
  /** '' where the object names none. */
  readonly namespace: string;
  readonly source: FluxReference;
  /** Folder in the source without slashes at its ends; '' is the root. `..` stops at the root, as the controller joins paths. */
  readonly path: string;
  readonly targetNamespace: string | null;
  readonly namePrefix: string | null;
  readonly nameSuffix: string | null;
  /** `patch` and `target` of each, as written. */
  readonly patches: readonly JsonObject[];
  /** v1beta2 only: objects that are patches of their own. */
  readonly patchesStrategicMerge: readonly JsonObject[];
  /** v1beta2 only: `patch` (a list of operations) and `target` of each. */
  readonly patchesJson6902: readonly JsonObject[];
  readonly images: readonly FluxImage[];
  readonly components: readonly string[];
  readonly ignoresMissingComponents: boolean;
  readonly buildMetadata: readonly string[];
  readonly commonMetadata: CommonMetadata | null;
  /** Null: nothing is substituted. */
  readonly postBuild: PostBuild | null;
  readonly dependsOn: readonly Dependency[];
  readonly prunes: boolean;
  readonly isSuspended: boolean;
  readonly waits: boolean;
  readonly forces: boolean;
  readonly deletionPolicy: 'MirrorPrune' | 'Delete' | 'WaitForTermination' | 'Orphan';
  /** Name of the Secret with the keys; '' with decryption by the controller's own rights; null without decryption. */
  readonly decryption: string | null;
  /** The Secret or ConfigMap that tells the other cluster it applies to; null: the one Flux runs in. */
  readonly kubeConfig: string | null;
  readonly serviceAccountName: string | null;
  /** `spec.ignore`: `paths` and `target` of each rule, as written. */
  readonly ignore: readonly JsonObject[];
}

/** Whether an object is a Kustomization of Flux in a version that is read here. */
export function isFluxKustomization({ id }: Pick<Resource, 'id'>): boolean {
  const { group, version, kind } = id;
  return group === 'kustomize.toolkit.fluxcd.io' && kind === 'Kustomization' && ['v1', 'v1beta2'].includes(version);
}

const sourceKinds = ['GitRepository', 'OCIRepository', 'Bucket', 'ExternalArtifact'] as const;
const deletionPolicies = ['MirrorPrune', 'Delete', 'WaitForTermination', 'Orphan'] as const;

/**
 * Reads a Kustomization (kustomize.toolkit.fluxcd.io/v1 and v1beta2; source: kustomize-controller api/v1). Where a field is not as
 * the API server wants it, the findings instead: Flux never gets such an object.
 */
export function readFluxKustomization(resource: Resource): FluxKustomization | readonly Finding[] {
  const fields = new Fields(resource);
  const at = (path: FieldPath): number | null => lineOf(resource, formatPointer(path));
  const namespace = resource.id.namespace ?? '';
  const kustomization: FluxKustomization = {
    kind: 'kustomization',
    resource,
    name: resource.id.name,
    namespace,
    source: readReference(fields, ['spec', 'sourceRef'], { kinds: sourceKinds, namespace }),
    path: joinSecurely(fields.text('spec', 'path') ?? ''),
    ...readOverlay(fields),
    commonMetadata: readCommonMetadata(fields),
    postBuild: readPostBuild(fields, at),
    dependsOn: readDependencies(fields, namespace, at),
    prunes: fields.flag('spec', 'prune'),
    isSuspended: fields.flag('spec', 'suspend'),
    waits: fields.flag('spec', 'wait'),
    forces: fields.flag('spec', 'force'),
    deletionPolicy: fields.oneOf(deletionPolicies, 'spec', 'deletionPolicy') ?? 'MirrorPrune',
    decryption: readDecryption(fields),
    kubeConfig: readKubeConfig(fields),
    serviceAccountName: fields.text('spec', 'serviceAccountName') || null,
    ignore: objects(fields, 'spec', 'ignore'),
  };
  return fields.findings.length > 0 ? fields.findings : kustomization;
}

/** What it changes in a kustomization file. */
export type FluxOverlay = Pick<
  FluxKustomization,
  | 'targetNamespace'
  | 'namePrefix'
  | 'nameSuffix'
  | 'patches'
  | 'patchesStrategicMerge'
  | 'patchesJson6902'
  | 'images'
  | 'components'
  | 'ignoresMissingComponents'
  | 'buildMetadata'
>;

/** What goes into the kustomization file. */
function readOverlay(fields: Fields): FluxOverlay {
  for (const path of fields.items('spec', 'patches')) fields.required(...path, 'patch');
  return {
    targetNamespace: fields.text('spec', 'targetNamespace') || null,
    namePrefix: fields.text('spec', 'namePrefix') || null,
    nameSuffix: fields.text('spec', 'nameSuffix') || null,
    patches: objects(fields, 'spec', 'patches'),
    patchesStrategicMerge: objects(fields, 'spec', 'patchesStrategicMerge'),
    patchesJson6902: objects(fields, 'spec', 'patchesJson6902'),
    images: readImages(fields, 'spec', 'images'),
    components: fields.texts('spec', 'components'),
    ignoresMissingComponents: fields.flag('spec', 'ignoreMissingComponents'),
    buildMetadata: fields.texts('spec', 'buildMetadata'),
  };
}

/** The images of a list at a path. */
export function readImages(fields: Fields, ...path: FieldPath): readonly FluxImage[] {
  return fields.items(...path).map((item) => ({
    name: fields.required(...item, 'name'),
    newName: fields.text(...item, 'newName') ?? '',
    newTag: fields.text(...item, 'newTag') ?? '',
    digest: fields.text(...item, 'digest') ?? '',
  }));
}

/** The objects of a list at a path. */
export function objects(fields: Fields, ...path: FieldPath): readonly JsonObject[] {
  return fields.items(...path).flatMap((item) => {
    const object = fields.object(...item);
    return object === null ? [] : [object];
  });
}

/** `spec.commonMetadata`; null without. */
export function readCommonMetadata(fields: Fields): CommonMetadata | null {
  if (fields.object('spec', 'commonMetadata') === null) return null;
  return {
    labels: fields.textMap('spec', 'commonMetadata', 'labels'),
    annotations: fields.textMap('spec', 'commonMetadata', 'annotations'),
  };
}

function readPostBuild(fields: Fields, at: (path: FieldPath) => number | null): PostBuild | null {
  if (fields.object('spec', 'postBuild') === null) return null;
  const strategy = fields.oneOf(['WithVariables', 'Always'], 'spec', 'postBuild', 'substituteStrategy');
  return {
    substitute: fields.textMap('spec', 'postBuild', 'substitute'),
    substituteFrom: fields.items('spec', 'postBuild', 'substituteFrom').flatMap((path) => {
      fields.required(...path, 'kind');
      const kind = fields.oneOf(['ConfigMap', 'Secret'], ...path, 'kind');
      const name = fields.required(...path, 'name');
      return kind === null ? [] : [{ kind, name, isOptional: fields.flag(...path, 'optional'), line: at(path) }];
    }),
    isAlways: strategy === 'Always',
  };
}

/** `spec.kubeConfig`; '' where it names nothing. */
export function readKubeConfig(fields: Fields): string | null {
  if (fields.object('spec', 'kubeConfig') === null) return null;
  const secret = fields.text('spec', 'kubeConfig', 'secretRef', 'name');
  return secret ?? fields.text('spec', 'kubeConfig', 'configMapRef', 'name') ?? '';
}

function readDecryption(fields: Fields): string | null {
  if (fields.object('spec', 'decryption') === null) return null;
  fields.required('spec', 'decryption', 'provider');
  fields.oneOf(['sops'], 'spec', 'decryption', 'provider');
  return fields.text('spec', 'decryption', 'secretRef', 'name') ?? '';
}

/** github.com/cyphar/filepath-securejoin: `..` at the root stays there. */
function joinSecurely(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
