import { decodeYaml } from '../../formats/yaml/decode.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pickText } from '../../model/json.ts';
import { formatPath, type Path } from '../../model/path.ts';
import { joinPath } from '../../tools/tree-files.ts';
import { type Draft, NotWritable, type Wanted } from './adoption.ts';
import { valueAt } from './value-at.ts';

/** Fields through which a kustomization changes what its resources say, beyond what is looked into here. */
const beyond = ['components', 'replacements', 'transformers', 'vars'] as const;

/** Where patches are read from. */
export interface PatchPlace {
  readonly root: { readonly file: string; readonly value: JsonObject };
  readonly folder: string;
  readonly draft: Draft;
}

/**
 * Throws `NotWritable` when something in the kustomization may have a say in the path. In doubt it has: a patch counts for every object
 * of its kind, whatever its target selects.
 */
export async function refusePatched(wanted: Wanted, place: PatchPlace, signal: AbortSignal): Promise<void> {
  const { value, file } = place.root;
  const other = beyond.find((key) => value[key] !== undefined);
  if (other !== undefined) throw new NotWritable(`${file} has ${other}:, which may set ${formatPath(wanted.path)}.`);
  for (const patch of await patchesOf(place, signal)) {
    if (touches(patch, wanted))
      throw new NotWritable(`A patch of ${file} sets ${formatPath(wanted.path)}; change it there.`);
  }
}

async function patchesOf(place: PatchPlace, signal: AbortSignal): Promise<readonly Json[]> {
  const entries = ['patches', 'patchesStrategicMerge', 'patchesJson6902'].flatMap((key) =>
    listOf(place.root.value[key]),
  );
  const found: Json[] = [];
  for (const entry of entries) found.push(...(await read(entry, place, signal)));
  return found;
}

/** A patch is written in place, or in a file; in the oldest form the entry itself is one or the other. */
async function read(entry: Json, { root, folder, draft }: PatchPlace, signal: AbortSignal): Promise<readonly Json[]> {
  const isOld = typeof entry === 'string';
  const text = isOld && entry.includes('\n') ? entry : pickText(entry, 'patch');
  if (text !== undefined) return valuesOf(text, root.file);
  const name = isOld ? entry : pickText(entry, 'path');
  const file = name === undefined ? null : joinPath(folder, name);
  if (file === null || !draft.has(file)) throw new NotWritable(`A patch of ${root.file} cannot be read.`);
  return valuesOf(await draft.read(file, signal), file);
}

function valuesOf(text: string, file: string): readonly Json[] {
  return decodeYaml({ file, bytes: new TextEncoder().encode(text) }).map(({ value }) => value);
}

function touches(patch: Json, { resource, path }: Wanted): boolean {
  if (isJsonList(patch))
    return patch.some((step) => reaches(pickText(step, 'path') ?? '', path) || pickText(step, 'from') !== undefined);
  const kind = pickText(patch, 'kind');
  if (kind !== undefined && kind !== resource.id.kind) return false;
  return valueAt(patch, path) !== null || hasDirective(patch) || removes(patch, path);
}

/** Whether a JSON pointer leads to the path, to what holds it, or into it. A list item may be any. */
function reaches(pointer: string, path: Path): boolean {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.every((key, index) => {
    const segment = path[index];
    return segment === undefined || typeof segment !== 'string' || segment === key;
  });
}

/** `$patch`, `$retainKeys` and the like, anywhere. */
function hasDirective(value: Json): boolean {
  if (isJsonList(value)) return value.some(hasDirective);
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([key, child]) => key.startsWith('$') || hasDirective(child));
}

/** Whether a null on the way takes the path away. */
function removes(patch: Json, path: Path): boolean {
  return path.some((segment, index) => {
    const parent = valueAt(patch, path.slice(0, index));
    return (
      typeof segment === 'string' && isJsonObject(parent) && Object.hasOwn(parent, segment) && parent[segment] === null
    );
  });
}

function listOf(value: Json | undefined): readonly Json[] {
  return isJsonList(value) ? value : [];
}
