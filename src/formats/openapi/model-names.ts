import type { Model, ServedKind } from './client-models.ts';

/** A class name taken apart: `FlowcontrolV1Subject` is type `Subject` of version `v1` in package `flowcontrol`. */
interface ClassName {
  readonly prefix: string;
  readonly version: string;
  readonly type: string;
}

const metaTypes = new Set(
  `APIGroup APIGroupList APIResource APIResourceList APIVersions Condition DeleteOptions FieldSelectorRequirement
  GroupVersionForDiscovery LabelSelector LabelSelectorRequirement ListMeta ManagedFieldsEntry ObjectMeta OwnerReference
  Preconditions ServerAddressByClientCIDR ShardInfo Status StatusCause StatusDetails WatchEvent`.split(/\s+/),
);

/** Types that no creatable kind leads to, or that another group's path leads to first. */
const knownPackages: Readonly<Record<string, string>> = {
  BoundObjectReference: 'authentication',
  Eviction: 'policy',
  Scale: 'autoscaling',
  ScaleSpec: 'autoscaling',
  ScaleStatus: 'autoscaling',
  TokenRequestSpec: 'authentication',
  TokenRequestStatus: 'authentication',
  TopologySelectorLabelRequirement: 'core',
  TopologySelectorTerm: 'core',
};

const packageRoots: Readonly<Record<string, string>> = {
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
};

/**
 * The API server's own schema name of every model class, such as `io.k8s.api.apps.v1.Deployment`. A class that only others
 * refer to belongs to the group from whose kinds it is reached, the core group first.
 * That this gives the server's own names is held by a test against a real one.
 */
export function nameModels(models: readonly Model[], kinds: readonly ServedKind[]): ReadonlyMap<string, string> {
  const packages = assignPackages(models, kinds);
  return new Map(models.map(({ className }) => [className, schemaName(className, packages.get(className))]));
}

/** The type a class stands for, without group and version: `V1Deployment` -> `Deployment`. */
export function typeOf(className: string): string {
  return takeApart(className)?.type ?? className;
}

/** The names of the classes a field's type mentions: `Array<V1Container>` -> `V1Container`. */
export function classIn(type: string): string | null {
  return /\b([A-Z]\w*V\d\w*|V\d\w+|VersionInfo)\b/.exec(type)?.[1] ?? null;
}

function assignPackages(models: readonly Model[], kinds: readonly ServedKind[]): ReadonlyMap<string, string> {
  const byName = new Map(models.map((model) => [model.className, model]));
  const packages = new Map<string, string>();
  const visit = (className: string, name: string): void => {
    const model = byName.get(className);
    if (model === undefined || packages.has(className)) return;
    packages.set(className, name);
    for (const { type } of model.fields) visit(classIn(type) ?? '', name);
  };
  const inOrder = kinds.toSorted((one, other) => rank(one) - rank(other));
  for (const kind of inOrder) visit(kind.className, packageOf(kind.group));
  for (const { className } of models) {
    const item = className.endsWith('List') ? packages.get(className.slice(0, -4)) : undefined;
    if (item !== undefined) visit(className, item);
  }
  return packages;
}

function rank(kind: ServedKind): number {
  return kind.group === '' ? 0 : 1;
}

/** `rbac.authorization.k8s.io` -> `rbac`, as the Go packages of the API are called. */
function packageOf(group: string): string {
  if (group === '') return 'core';
  return group === 'internal.apiserver.k8s.io' ? 'apiserverinternal' : (group.split('.')[0] ?? group);
}

function schemaName(className: string, reached: string | undefined): string {
  const parts = takeApart(className);
  if (parts === null) return `io.k8s.apimachinery.pkg.version.${className.replace(/^Version/, '')}`;
  const { prefix, version, type } = parts;
  if (metaTypes.has(type)) return `io.k8s.apimachinery.pkg.apis.meta.v1.${type}`;
  const name = knownPackages[type] ?? (prefix === '' ? reached : prefix.toLowerCase()) ?? 'core';
  return `${packageRoots[name] ?? `io.k8s.api.${name}`}.${version}.${type}`;
}

function takeApart(className: string): ClassName | null {
  const match = /^((?:[A-Z][a-z]+)*?)V(\d+(?:(?:alpha|beta)\d+)?)([A-Z].*)$/.exec(className);
  if (match === null) return null;
  return { prefix: match[1] ?? '', version: `v${match[2]}`, type: match[3] ?? '' };
}
