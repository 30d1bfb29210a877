import { compileGlob, pathMatch } from '../../formats/argocd/glob.ts';
import { type JqStep, parseJqPath } from '../../formats/argocd/jq-path.ts';
import { syncOptionsOf } from '../../formats/argocd/sync-options.ts';
import { findItem } from '../../gitops/diff/list-items.ts';
import type { Change } from '../../model/change.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Path, PathSegment } from '../../model/path.ts';
import { formatResource, type Resource, type ResourceId, resourceKey } from '../../model/resource.ts';
import type { Judged } from './removed-application.ts';

/** What a controller makes of the changes of an application that it deploys. */
export interface Heeded {
  readonly declared: DeclaredApplication | null;
  /** What base wants; null where it could not be rendered. */
  readonly base: readonly Resource[] | null;
  readonly changes: readonly Change[];
  /** The application goes as a whole: nothing is pruned then, it is deleted. */
  readonly isGone: boolean;
}

/**
 * Leaves out what the controller leaves as it is: fields it is told to ignore (`spec.ignoreDifferences`, `driftDetection.ignore`,
 * `spec.ignore`), and objects it is told not to delete (`Prune=false`, `spec.prune: false`, and the annotations of both).
 */
export function heedController({ declared, base, changes, isGone }: Heeded): Judged {
  if (declared === null) return { changes, findings: [] };
  const seen = changes.flatMap((change) => withoutIgnored(change, declared, objectOf(change.resource, base)));
  const kept = seen.filter((change) => isDelete(change) && isLeft(change.resource, base, { declared, isGone }));
  return {
    changes: seen.filter((change) => !kept.includes(change)),
    findings: kept.map((change) => stays(change, { declared, isGone })),
  };
}

function withoutIgnored(change: Change, declared: DeclaredApplication, object: JsonObject): readonly Change[] {
  const isShown = change.action === 'update' || change.action === 'adopt';
  if (!isShown || !isHeeded(change, declared)) return [change];
  const rules = declared.ignoreDifferences.filter((rule) => concerns(rule, change.resource));
  const ignored = rules.flatMap(ignoredBy);
  if (ignored.length === 0) return [change];
  const paths = change.paths.filter(({ path }) => !ignored.some((steps) => covers(steps, path, object)));
  const isRest = paths.length > 0 || change.action === 'adopt' || change.stays !== undefined;
  return isRest ? [{ ...change, paths }] : [];
}

/** What differs without the pull is ignored always; what the pull changes only where the controller leaves that alone too. */
function isHeeded({ part }: Change, { kind, syncOptions }: DeclaredApplication): boolean {
  if (part === 'already' || kind === 'flux-kustomization') return true;
  return kind === 'argocd-application' && syncOptions.includes('RespectIgnoreDifferences=true');
}

/** Argo CD writes group, kind, name and namespace with wildcards; Flux a `target`, of which what is written literally is read. */
function concerns(rule: JsonObject, { group, kind, name, namespace }: ResourceId): boolean {
  const target = pick(rule, 'target');
  const from = target === undefined || target === null ? rule : target;
  const wanted = [
    ['group', group],
    ['kind', kind],
    ['name', name],
    ['namespace', namespace ?? ''],
  ] as const;
  const isSelective = ['labelSelector', 'annotationSelector'].some((key) => (pickText(from, key) ?? '') !== '');
  return !isSelective && wanted.every(([key, value]) => isMatch(pickText(from, key) ?? '', value));
}

function isMatch(pattern: string, value: string): boolean {
  if (pattern === '' || pattern === '*' || pattern === '.*' || pattern === value) return true;
  return compileGlob(pattern, pathMatch)?.(value) ?? false;
}

/** What a rule names: JSON pointers, and jq expressions as far as they are paths. */
function ignoredBy(rule: JsonObject): readonly (readonly JqStep[])[] {
  const pointers = [...textsAt(rule, 'jsonPointers'), ...textsAt(rule, 'paths')].filter((pointer) => pointer !== '');
  const keys = pointers.map((pointer) => keysOf(pointer).map((name): JqStep => ({ kind: 'key', name })));
  return [...keys, ...textsAt(rule, 'jqPathExpressions').flatMap((text) => [parseJqPath(text) ?? []])].filter(
    (steps) => steps.length > 0,
  );
}

/** The keys of a JSON pointer (RFC 6901). */
function keysOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function textsAt(rule: JsonObject, key: string): readonly string[] {
  const list = pick(rule, key);
  return isJsonList(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** Whether steps lead to a path of an object or to something around it; the object tells which item has a number. */
function covers(steps: readonly JqStep[], path: Path, object: JsonObject): boolean {
  let current: Json | undefined = object;
  for (const [index, step] of steps.entries()) {
    const segment = path[index];
    if (segment === undefined || !leadsTo(step, segment, current)) return false;
    current = typeof segment === 'string' ? pick(current, segment) : itemOf(current, segment);
  }
  return true;
}

function leadsTo(step: JqStep, segment: PathSegment, current: Json | undefined): boolean {
  if (step.kind === 'items') return typeof segment !== 'string';
  if (step.kind === 'where') return typeof segment === 'object' && String(segment[step.field] ?? '') === step.value;
  if (step.kind === 'key' && !isJsonList(current)) return step.name === segment;
  const number = step.kind === 'at' ? step.index : Number(step.name);
  const item = isJsonList(current) ? current[number] : undefined;
  return item !== undefined && (segment === number || itemOf(current, segment) === item);
}

/** The item of a list that a step of a path names. */
function itemOf(list: Json | undefined, segment: PathSegment): Json | undefined {
  return isJsonList(list) ? list[findItem(list, segment)] : undefined;
}

function isDelete({ part, action }: Change): boolean {
  return part === 'pull' && action === 'delete';
}

function objectOf(id: ResourceId, base: readonly Resource[] | null): JsonObject {
  return base?.find((resource) => resourceKey(resource.id) === resourceKey(id))?.object ?? {};
}

interface Leaving {
  readonly declared: DeclaredApplication;
  readonly isGone: boolean;
}

function isLeft(
  id: ResourceId,
  base: readonly Resource[] | null,
  { declared: { syncOptions, kind }, isGone }: Leaving,
): boolean {
  if (!isGone && syncOptions.includes('Prune=false')) return true;
  const object = objectOf(id, base);
  if (kind === 'argocd-application') {
    return syncOptionsOf(object).includes(isGone ? 'Delete=false' : 'Prune=false');
  }
  return ['labels', 'annotations'].some(
    (field) => pickText(object, 'metadata', field, 'kustomize.toolkit.fluxcd.io/prune') === 'disabled',
  );
}

function stays({ target, resource }: Change, { declared, isGone }: Leaving): Finding {
  const { name, declaredAt, syncOptions } = declared;
  const prunes = isGone || !syncOptions.includes('Prune=false');
  const why = prunes ? `it is marked so that it is not ${isGone ? 'deleted' : 'pruned'}` : `${name} prunes nothing`;
  return {
    ...{ rule: 'not-pruned', severity: 'caution', target, resource },
    ...{ file: declaredAt.file, line: declaredAt.line },
    message: `${formatResource(resource)} goes out of Git and stays in the cluster: ${why}.`,
    fix: 'Delete it by hand after the merge, if it is to go.',
  };
}
