import type { Json, JsonObject } from '../../model/json.ts';
import { type ApiAnswer, type ApiRequest, ok } from './exchange.ts';
import { type ServedKind, verbs } from './kinds.ts';
import { groupVersionOf, type Registry } from './registry.ts';

/** What the server calls itself. */
export const gitVersion = 'v1.36.3';

/** Answers the paths that say what is served, plain and aggregated; null for other paths. */
export function answerDiscovery(request: ApiRequest, registry: Registry): ApiAnswer | null {
  const { path } = request;
  if (path === '/version') return ok(version);
  if (path === '/api' || path === '/apis') return roots(path, request, registry);
  const place = /^\/(?:api|apis\/([^/]+))(?:\/([^/]+))?$/.exec(path);
  if (place === null) return null;
  const [, group = '', name] = place;
  const kinds = registry.kinds.filter((kind) => kind.group === group);
  if (kinds.length === 0) return null;
  if (name === undefined) return ok({ kind: 'APIGroup', apiVersion: 'v1', ...plainGroup(group, kinds) });
  const served = kinds.filter((kind) => kind.version === name);
  return served.length === 0 ? null : ok(resourceList(served));
}

const version: JsonObject = {
  major: '1',
  minor: '36',
  gitVersion,
  gitTreeState: 'clean',
  platform: 'linux/amd64',
};

function roots(path: string, request: ApiRequest, registry: Registry): ApiAnswer {
  const groups = byGroup(registry.kinds.filter((kind) => (kind.group === '') === (path === '/api')));
  const type = aggregatedType(request.headers.accept ?? '');
  if (type !== null) return ok(aggregated(groups), type);
  if (path === '/api') return ok({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] });
  const list = [...groups].map(([group, kinds]) => plainGroup(group, kinds));
  return ok({ kind: 'APIGroupList', apiVersion: 'v1', groups: list });
}

/** The content type of aggregated discovery when the caller takes it. */
function aggregatedType(accept: string): string | null {
  const wanted = accept.split(',').some((part) => /g=apidiscovery\.k8s\.io/.test(part) && /v=v2(?!beta)/.test(part));
  return wanted ? 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' : null;
}

function byGroup(kinds: readonly ServedKind[]): ReadonlyMap<string, readonly ServedKind[]> {
  return Map.groupBy(kinds, (kind) => kind.group);
}

function aggregated(groups: ReadonlyMap<string, readonly ServedKind[]>): JsonObject {
  const items = [...groups].map(([group, kinds]) => ({
    metadata: { ...(group !== '' && { name: group }), creationTimestamp: null },
    versions: [...Map.groupBy(kinds, (kind) => kind.version)].map(([name, resources]) => ({
      version: name,
      resources: resources.map(aggregatedResource),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(kind: ServedKind): JsonObject {
  // The server leaves group and version empty where they are those of the list.
  const responseKind = { group: '', version: '', kind: kind.kind };
  const subresources: Json = kind.status
    ? [{ subresource: 'status', responseKind, verbs: ['get', 'patch', 'update'] }]
    : [];
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs,
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    ...(kind.status && { subresources }),
  };
}

function plainGroup(name: string, kinds: readonly ServedKind[]): JsonObject {
  const versions = [...new Set(kinds.map((kind) => kind.version))].map((one) => ({
    groupVersion: groupVersionOf({ group: name, version: one }),
    version: one,
  }));
  return { name, versions, preferredVersion: versions[0] ?? null };
}

function resourceList(kinds: readonly ServedKind[]): JsonObject {
  const [first] = kinds;
  const groupVersion = first === undefined ? '' : groupVersionOf(first);
  const resources = kinds.flatMap((kind) => {
    const common = { singularName: kind.singular, namespaced: kind.namespaced, kind: kind.kind };
    const main: JsonObject = {
      name: kind.plural,
      ...common,
      verbs,
      ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
      ...(kind.categories.length > 0 && { categories: kind.categories }),
    };
    const status: JsonObject = {
      name: `${kind.plural}/status`,
      ...common,
      singularName: '',
      verbs: ['get', 'patch', 'update'],
    };
    return kind.status ? [main, status] : [main];
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
