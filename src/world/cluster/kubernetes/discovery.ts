import { isJsonList, isJsonObject, type Json, type JsonObject, pickText } from '../../../model/json.ts';
import type { ResourceId } from '../../../model/resource.ts';
import type { ApiResource, Discovery } from '../cluster.ts';

type Type = Pick<ResourceId, 'group' | 'version' | 'kind'>;

/** What the server serves, and what it could not tell. */
export interface Served extends Discovery {
  /** Group versions (`metrics.k8s.io/v1beta1`) whose own server does not answer: a kind missing there may exist. */
  readonly unknown: ReadonlySet<string>;
}

/** The types of one group version, in whatever form they were read. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ApiResource[];
  /** Kinds served under subresources, such as Scale. */
  readonly otherKinds: readonly string[];
  readonly isKnown: boolean;
}

/** Puts group versions together. */
export function assembleDiscovery(groupVersions: readonly GroupVersion[]): Served {
  const resources = groupVersions.flatMap((each) => each.resources);
  const byType = new Map(resources.map((resource) => [typeKey(resource), resource]));
  const names = groupVersions.flatMap((each) => {
    const name = versionName(each);
    const kinds = [...each.resources.map(({ kind }) => kind), ...each.otherKinds];
    return [name, ...kinds.map((kind) => `${name}/${kind}`)];
  });
  return {
    resources,
    find: (type) => byType.get(typeKey(type)),
    apiVersions: [...new Set(names)].toSorted((a, b) => (a < b ? -1 : Number(a > b))),
    unknown: new Set(groupVersions.filter(({ isKnown }) => !isKnown).map(versionName)),
  };
}

/** The group versions of an aggregated answer (`APIGroupDiscoveryList`, KEP-3352), or null when it is none. */
export function readAggregated(answer: JsonObject): readonly GroupVersion[] | null {
  if (pickText(answer, 'kind') !== 'APIGroupDiscoveryList') return null;
  return objects(answer['items']).flatMap((group) =>
    objects(group['versions']).map((version) => ({
      group: pickText(group, 'metadata', 'name') ?? '',
      version: pickText(version, 'version') ?? '',
      resources: objects(version['resources']).flatMap((resource) =>
        aggregatedResource(pickText(group, 'metadata', 'name') ?? '', pickText(version, 'version') ?? '', resource),
      ),
      otherKinds: objects(version['resources']).flatMap(({ subresources }) =>
        objects(subresources).flatMap((subresource) => pickText(subresource, 'responseKind', 'kind') ?? []),
      ),
      isKnown: version['freshness'] !== 'Stale',
    })),
  );
}

/** The `group/version` names of plain `/api` and `/apis` answers. */
export function readGroupVersions(answer: JsonObject): readonly string[] {
  const groups = objects(answer['groups']).flatMap(({ versions }) =>
    objects(versions).flatMap((version) => pickText(version, 'groupVersion') ?? []),
  );
  const core = answer['versions'];
  return [...(isJsonList(core) ? core.filter((version) => typeof version === 'string') : []), ...groups];
}

/** The types of a plain `APIResourceList`; null stands for a group version that could not be read. */
export function readResourceList(groupVersion: string, answer: JsonObject | null): GroupVersion {
  const [version = '', group = ''] = groupVersion.split('/').toReversed();
  const listed = objects(answer?.['resources']);
  const [subs, mains] = [listed.filter(isSubresource), listed.filter((resource) => !isSubresource(resource))];
  return {
    group,
    version,
    resources: mains.flatMap((resource) => plainResource(group, version, resource)),
    otherKinds: subs.flatMap((resource) => pickText(resource, 'kind') ?? []),
    isKnown: answer !== null,
  };
}

function aggregatedResource(group: string, version: string, resource: JsonObject): readonly ApiResource[] {
  const kind = pickText(resource, 'responseKind', 'kind');
  const plural = pickText(resource, 'resource');
  if (kind === undefined || plural === undefined) return [];
  return [
    { group, version, kind, plural, namespaced: resource['scope'] === 'Namespaced', verbs: texts(resource['verbs']) },
  ];
}

function plainResource(group: string, version: string, resource: JsonObject): readonly ApiResource[] {
  const [kind, plural] = [pickText(resource, 'kind'), pickText(resource, 'name')];
  if (kind === undefined || plural === undefined) return [];
  return [
    { group, version, kind, plural, namespaced: resource['namespaced'] === true, verbs: texts(resource['verbs']) },
  ];
}

function isSubresource(resource: JsonObject): boolean {
  return pickText(resource, 'name')?.includes('/') === true;
}

function versionName({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

function typeKey(type: Type): string {
  return `${type.group}/${type.version}/${type.kind}`;
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return isJsonList(value) ? value.filter(isJsonObject) : [];
}

function texts(value: Json | undefined): readonly string[] {
  return isJsonList(value) ? value.filter((item) => typeof item === 'string') : [];
}
