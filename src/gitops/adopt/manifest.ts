import { canonicalJson } from '../../formats/json.ts';
import { isJsonList, isJsonObject, type Json, pick, pickText } from '../../model/json.ts';
import { formatPath, type Path } from '../../model/path.ts';
import { formatResource, type ResourceId } from '../../model/resource.ts';
import { type Draft, NotWritable, type Wanted } from './adoption.ts';
import { editFile } from './edit-file.ts';
import { valueAt } from './value-at.ts';

/** Whether a document's own identity is the one of the object that is meant. */
export type IsMeant = (written: Pick<ResourceId, 'group' | 'kind' | 'namespace' | 'name'>) => boolean;

/** Writes a value into the manifest an object came from. Throws `NotWritable`. */
export async function writeManifest(
  wanted: Wanted,
  isMeant: IsMeant,
  draft: Draft,
  signal: AbortSignal,
): Promise<void> {
  const { resource, path, git, live } = wanted;
  const file = resource.source?.file;
  if (file === undefined || !draft.has(file))
    throw new NotWritable(`No manifest in Git is known for ${formatResource(resource.id)}.`);
  const find = (document: Json): Path | null => {
    const root = rootOf(document, isMeant);
    if (root !== null && canonicalJson(valueAt(document, [...root, ...path])) !== canonicalJson(git))
      throw new NotWritable(`${file} does not say what Git gives for ${formatPath(path)}; it is set elsewhere.`);
    return root;
  };
  const text = await draft.read(file, signal);
  draft.write(file, editFile(text, { file, find, edits: [{ path, value: live }] }));
}

/** An object that names no namespace gets the target's. */
export function sameObject({ group, kind, namespace, name }: ResourceId): IsMeant {
  return (written) =>
    written.group === group &&
    written.kind === kind &&
    written.name === name &&
    (written.namespace === null || written.namespace === namespace);
}

/** Where the object stands in a document: at its root, or in a list of objects. */
function rootOf(document: Json, isMeant: IsMeant): Path | null {
  const items = pick(document, 'items');
  if (!isJsonList(items)) return isMeant(identityOf(document)) ? [] : null;
  const index = items.findIndex((item) => isJsonObject(item) && isMeant(identityOf(item)));
  return index < 0 ? null : ['items', index];
}

/** Who a document says it is. */
export function identityOf(document: Json): Pick<ResourceId, 'group' | 'kind' | 'namespace' | 'name'> {
  const apiVersion = pickText(document, 'apiVersion') ?? '';
  return {
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    kind: pickText(document, 'kind') ?? '',
    namespace: pickText(document, 'metadata', 'namespace') || null,
    name: pickText(document, 'metadata', 'name') ?? '',
  };
}
