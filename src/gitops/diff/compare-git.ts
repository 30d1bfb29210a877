import { isSops, sopsView } from '../../formats/flux/sops.ts';
import type { Change, PathChange } from '../../model/change.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import { leftOut, type Resource, type ResourceId, resourceKey } from '../../model/resource.ts';
import { cleanDesired } from './clean-desired.ts';
import { type CompareOptions, comparePaths } from './compare-paths.ts';
import { hideTags } from './hide.ts';
import { normalise } from './normalise.ts';
import { omitPaths, pathOfPointer } from './values.ts';

/** What is compared Git to Git: what base wants and what head wants of one target. */
export interface GitSides {
  readonly target: string;
  readonly base: readonly Resource[];
  readonly head: readonly Resource[];
}

export interface GitOptions {
  /** What is known of a kind's lists and quantities; of the offline schemas. */
  schemaOf(id: ResourceId): CompareOptions;
  /** Hides the values of a Secret behind tags that can be compared (`Redactor.maskObject`). */
  maskObject(object: JsonObject): JsonObject;
}

/** What a pull changes of a target when no cluster is asked: desired against desired, everything caused by Git. */
export function compareGit(sides: GitSides, options: GitOptions): readonly Change[] {
  const base = byKey(sides.base);
  const head = byKey(sides.head);
  const changes: Change[] = [];
  for (const [key, resource] of head) {
    const change = compareDesired(sides.target, { base: base.get(key) ?? null, head: resource }, options);
    if (change !== null) changes.push(change);
  }
  for (const [key, resource] of base) {
    if (!head.has(key)) changes.push({ ...whole(sides.target, resource), action: 'delete' });
  }
  return changes;
}

/** One object desired against desired; null when both want the same. What SOPS encrypted is compared by its keys. */
export function compareDesired(
  target: string,
  sides: { readonly base: Resource | null; readonly head: Resource },
  options: GitOptions,
): Change | null {
  const { base, head } = sides;
  if (base === null) return { ...whole(target, head), action: 'create' };
  const schema = options.schemaOf(head.id);
  const random = [...randomPaths(base, schema), ...randomPaths(head, schema)];
  const shown = (object: JsonObject): JsonObject =>
    omitPaths(normalise(options.maskObject(cleanDesired(isSops(object) ? sopsView(object) : object))), random);
  const differences = comparePaths(shown(base.object), shown(head.object), schema);
  if (differences.length === 0) return null;
  const paths = differences.map((difference): PathChange => ({ ...hideTags(difference), cause: 'git' }));
  return { ...whole(target, head), action: 'update', paths };
}

/** The random and hidden values of a resource as paths; those of `stringData` are looked for where the server keeps them. */
export function randomPaths(resource: Resource, { listKeysAt }: CompareOptions): readonly Path[] {
  const object = cleanDesired(resource.object);
  return leftOut(resource)
    .map((pointer) => pathOfPointer(object, pointer.replace(/^\/stringData\//, '/data/'), listKeysAt))
    .filter((path) => path !== null);
}

function whole(target: string, resource: Resource): Omit<Change, 'action'> {
  return { target, part: 'pull', resource: resource.id, paths: [] };
}

function byKey(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  return new Map(resources.map((resource) => [resourceKey(resource.id), resource]));
}
