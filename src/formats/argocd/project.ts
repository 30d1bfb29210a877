import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { anyText, compileGlob, doubleStar, type GlobSyntax, pathMatch } from './glob.ts';

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
  const isDenying = items.some((item) => Object.values(item).some((text) => text.startsWith('!')));
  const isUnsure = items.some(
    (item) => (server === null && depends(item.server)) || (name === null && depends(item.name)),
  );
  const isPermitted = items.some((item) => {
    const isCluster =
      (server !== null && matches(item.server, server, anyText)) ||
      (name !== null && matches(item.name, name, anyText));
    return isCluster && matches(item.namespace, namespace, anyText);
  });
  // Denials are told by the controller itself: what they hit depends on how the cluster is named.
  if (isDenying) return null;
  return isPermitted || (isUnsure ? null : false);
}

/** A pattern of which it matters what it is matched with. */
function depends(pattern: string): boolean {
  return pattern !== '';
}

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
