import { type JsonObject, pickText } from './json.ts';

/** What names one Kubernetes object. `group` is '' for the core group; `namespace` is null for cluster-scoped kinds. */
export interface ResourceId {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
}

/** Where something was written: a file relative to the repository root with `/`, and a 1-based line. */
export interface Source {
  readonly file: string;
  readonly line: number;
}

/** One Kubernetes object with the place it came from. Plain data: it crosses worker threads by structured clone. */
export interface Resource {
  readonly id: ResourceId;
  readonly object: JsonObject;
  /** The manifest, overlay, values file or template it came from; null when it cannot be told. */
  readonly source: Source | null;
  /** JSON pointer -> 1-based line in `source.file`; empty for rendered resources. '' is the document's own line. */
  readonly lines: ReadonlyMap<string, number>;
  /** JSON pointers whose value differs on every render (two seeds disagreed): kept out of diff and digest. */
  readonly random: readonly string[];
  /** JSON pointers whose value, with all below it, came from a Secret or is not known: shown nowhere, compared with nothing. */
  readonly hidden?: readonly string[];
}

/** JSON pointers of a resource that no comparison looks at: random on every render, or hidden. */
export function leftOut({ random, hidden = [] }: Pick<Resource, 'random' | 'hidden'>): readonly string[] {
  return [...random, ...hidden];
}

/** `group/version`, or only `version` in the core group, as `apiVersion` spells it. */
export function apiVersionOf(id: Pick<ResourceId, 'group' | 'version'>): string {
  return id.group === '' ? id.version : `${id.group}/${id.version}`;
}

/** Identity without the version: one object may be read and written through several versions of its group. */
export function resourceKey(id: ResourceId): string {
  return `${id.group}/${id.kind}/${id.namespace ?? ''}/${id.name}`;
}

/** `Deployment shop/web`, the way the bot names objects to people. */
export function formatResource(id: ResourceId): string {
  return id.namespace === null ? `${id.kind} ${id.name}` : `${id.kind} ${id.namespace}/${id.name}`;
}

/** `Deployment shop/web`, out of a resource key. */
export function formatKey(key: string): string {
  const [, kind = '', namespace = '', name = ''] = key.split('/');
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** The line that holds a JSON pointer, or its nearest ancestor that has one, or the document's own line. */
export function lineOf(resource: Resource, pointer: string): number | null {
  let current = pointer;
  for (;;) {
    const line = resource.lines.get(current);
    if (line !== undefined) return line;
    if (current === '') return resource.source?.line ?? null;
    current = current.slice(0, current.lastIndexOf('/'));
  }
}

/** What names an object that is to be written. `null` where a part is missing. */
export function identify(object: JsonObject): ResourceId | null {
  const [apiVersion, kind] = [pickText(object, 'apiVersion'), pickText(object, 'kind')];
  const name = pickText(object, 'metadata', 'name');
  if (!apiVersion || !kind || !name) return null;
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  return { group, version, kind, name, namespace: pickText(object, 'metadata', 'namespace') ?? null };
}
