import { covers, type FieldSet, ownedPaths, parseFields } from '../../formats/field-sets.ts';
import { fieldsOf } from '../../formats/openapi/fields-of.ts';
import type { StayingPath } from '../../model/change.ts';
import { type JsonObject, pickObject } from '../../model/json.ts';
import { formatPath, type Path } from '../../model/path.ts';
import { type CompareOptions, comparePaths } from './compare-paths.ts';
import { foreignOwners, ownerName } from './owners.ts';
import { valueAt } from './values.ts';

/** What Git says before and after the pull, and what applying it would give. All masked alike. */
export interface Dropped {
  readonly base: JsonObject;
  readonly head: JsonObject;
  readonly predicted: JsonObject;
  /** Our field manager. */
  readonly manager: string;
  readonly schema: CompareOptions;
}

/**
 * The fields that Git says no more and that stay in the cluster all the same, because others own them too: server-side apply
 * removes only what nobody else owns (kubernetes#99003). A subtree of which all stays is one path. What the server fills in again
 * by itself has no owner, and is none of them.
 */
export function stayingPaths({ base, head, predicted, manager, schema }: Dropped): readonly StayingPath[] {
  const gone = comparePaths(said(base), said(head), schema).filter(({ after, isOrder }) => after === null && !isOrder);
  if (gone.length === 0) return [];
  const wanted = saidBy(head, schema);
  const leaves = ownedPaths(base, saidBy(base, schema)).filter((path) => !covers(wanted, path));
  return gone.flatMap(({ path: top }) => {
    const below = leaves.filter((path) => formatPath(path.slice(0, top.length)) === formatPath(top));
    const staying = below.flatMap((path) => stayingAt(path, predicted, manager));
    if (staying.length < 2 || staying.length < below.length) return staying;
    return [{ path: top, owners: [...new Set(staying.flatMap(({ owners }) => owners))] }];
  });
}

function stayingAt(path: Path, predicted: JsonObject, manager: string): readonly StayingPath[] {
  if (valueAt(predicted, path) === null) return [];
  const owners = foreignOwners(predicted, path, manager).map((one) => ownerName(one.manager, one.subresource));
  return owners.length === 0 ? [] : [{ path, owners: [...new Set(owners)] }];
}

/** Without what names the object: that is no field anybody drops. */
function said(object: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...rest } = object;
  const { name: _name, namespace: _namespace, ...named } = pickObject(object, 'metadata');
  return { ...rest, metadata: named };
}

function saidBy(object: JsonObject, { listKeysAt }: CompareOptions): FieldSet {
  return parseFields(fieldsOf(said(object), (path) => listKeysAt(path.map(String))));
}
