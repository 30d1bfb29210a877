import type { KnownProject } from '../../model/argocd-knowledge.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText, pickTexts } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { anyText, compileGlob, doubleStar, type GlobSyntax, pathMatch } from './glob.ts';

/** What of an AppProject decides. */
export function readProject(object: JsonObject): KnownProject {
  const spec = pick(object, 'spec');
  return { labels: pickTexts(object, 'metadata', 'labels'), spec: isJsonObject(spec) ? spec : {} };
}

/** Where something is to go, as far as it is known: a cluster has a name, an address, or both. */
export interface ProjectDestination {
  readonly server: string | null;
  readonly name: string | null;
  readonly namespace: string;
}

/**
 * Whether the `spec` of an AppProject lets a repository be a source (Argo CD 3.5, `AppProject.IsSourcePermitted`). `keyOf` writes an
 * address, or a pattern of some, without what does not matter of it.
 */
export function permitsSource(spec: JsonObject, repoUrl: string, keyOf: (address: string) => string): boolean {
  const url = keyOf(repoUrl);
  const patterns = textsAt(spec, 'sourceRepos').map((text) => {
    const isDenial = text.startsWith('!');
    return { isDenial, isMatch: matches(keyOf(isDenial ? text.slice(1) : text), url, doubleStar) };
  });
  if (patterns.some(({ isDenial, isMatch }) => isDenial && isMatch)) return false;
  // One that denies others permits whatever it does not name, as there.
  return patterns.some(({ isDenial, isMatch }) => isDenial !== isMatch);
}

/**
 * Whether it lets something go to a destination (`AppProject.isDestinationMatched`); null where it depends on the other way to name the
 * cluster, which is not known.
 */
export function permitsDestination(spec: JsonObject, { server, name, namespace }: ProjectDestination): boolean | null {
  const items = objectsAt(spec, 'destinations').map((item) => ({
    server: pickText(item, 'server') ?? '',
    name: pickText(item, 'name') ?? '',
    namespace: pickText(item, 'namespace') ?? '',
  }));
  // An empty pattern matches no cluster, whatever it is called.
  const isUnsure = items.some((item) => (server === null && item.server !== '') || (name === null && item.name !== ''));
  const isDenying = items.some((item) => Object.values(item).some(isDenial));
  if (isUnsure && isDenying) return null;
  const isPermitted = isMatched(items, { server: server ?? '', name: name ?? '', namespace });
  return isPermitted || (isUnsure ? null : false);
}

interface Place {
  readonly server: string;
  readonly name: string;
  readonly namespace: string;
}

/** In the order of the items: the first that denies decides, and one of the others must permit. */
function isMatched(items: readonly Place[], to: Place): boolean {
  let isPermitted = false;
  for (const item of items) {
    const isName = to.name !== '' && matchesUnlessDenied(item.name, to.name);
    const isServer = to.server !== '' && matchesUnlessDenied(item.server, to.server);
    const isNamespace = matchesUnlessDenied(item.namespace, to.namespace);
    if ((isServer || isName) && isNamespace) isPermitted = true;
    else if (denies(item, { isName, isServer, isNamespace })) return false;
  }
  return isPermitted;
}

/** With the precedence of `&&` over `||` that Argo CD's own line has. */
function denies(
  item: Place,
  { isName, isServer, isNamespace }: Readonly<Record<'isName' | 'isServer' | 'isNamespace', boolean>>,
): boolean {
  if (!isName && isDenial(item.name)) return true;
  if (!isServer && isDenial(item.server) && isNamespace) return true;
  return !isNamespace && isDenial(item.namespace) && isServer;
}

function isDenial(pattern: string): boolean {
  return pattern.startsWith('!');
}

/** What is denied matches all else. */
function matchesUnlessDenied(pattern: string, text: string): boolean {
  return isDenial(pattern) ? !matches(pattern.slice(1), text, anyText) : matches(pattern, text, anyText);
}

/** A project with what a global one adds to it (`mergeVirtualProject`). */
export function withGlobal(spec: JsonObject, global: JsonObject): JsonObject {
  const added = globalFields.flatMap((field) => {
    const more = pick(global, field);
    const own = pick(spec, field);
    return isJsonList(more) ? [[field, [...(isJsonList(own) ? own : []), ...more]] as const] : [];
  });
  return { ...spec, ...Object.fromEntries(added) };
}

const globalFields = [
  ...['clusterResourceWhitelist', 'clusterResourceBlacklist', 'namespaceResourceWhitelist'],
  ...['namespaceResourceBlacklist', 'sourceRepos', 'destinations'],
];

/** Whether it lets an object of a kind be applied (`AppProject.IsGroupKindNamePermitted`). */
export function permitsKind(spec: JsonObject, { group, kind, name, namespace }: ResourceId): boolean {
  const isListed = (field: string) =>
    objectsAt(spec, field).some(
      (item) =>
        matches(pickText(item, 'kind') ?? '', kind, pathMatch) &&
        matches(pickText(item, 'group') ?? '', group, pathMatch) &&
        (namespace !== null || isNamed(pickText(item, 'name') ?? '', name)),
    );
  if (namespace === null) return isListed('clusterResourceWhitelist') && !isListed('clusterResourceBlacklist');
  const isWhite = !isJsonList(pick(spec, 'namespaceResourceWhitelist')) || isListed('namespaceResourceWhitelist');
  return isWhite && !isListed('namespaceResourceBlacklist');
}

function isNamed(pattern: string, name: string): boolean {
  return pattern === '' || matches(pattern, name, pathMatch);
}

function matches(pattern: string, text: string, syntax: GlobSyntax): boolean {
  return pattern === '*' || (compileGlob(pattern, syntax)?.(text) ?? false);
}

function textsAt(spec: JsonObject, field: string): readonly string[] {
  const list = pick(spec, field);
  return isJsonList(list) ? list.filter((item) => typeof item === 'string') : [];
}

function objectsAt(spec: JsonObject, field: string): readonly JsonObject[] {
  const list = pick(spec, field);
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}
