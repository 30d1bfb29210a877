import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { formatPath, type Path } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath } from '../../tools/tree-files.ts';
import { addition } from './addition.ts';
import { type Draft, NotWritable, type Wanted } from './adoption.ts';
import { editFile } from './edit-file.ts';
import { imageEdits } from './image-entry.ts';
import { writeManifest } from './manifest.ts';
import { refusePatched } from './patched.ts';
import { refuseShared } from './shared-image.ts';
import { valueAt } from './value-at.ts';

/** Where a kustomization is written to. */
export interface Kustomized {
  readonly application: Application;
  readonly tree: Tree;
  readonly draft: Draft;
}

/**
 * Writes a value where kustomize gives it: an image or a number of replicas into the root's own `images:` and `replicas:`, everything
 * else into the object's manifest where that belongs to this root alone and no patch has a say. Throws `NotWritable`.
 */
export async function writeKustomization(wanted: Wanted, place: Kustomized, signal: AbortSignal): Promise<void> {
  const root = await readRoot(place, signal);
  if (isImage(wanted)) return writeImage(wanted, root, place, signal);
  if (isReplicas(wanted)) return writeReplicas(wanted, root, place.draft);
  const { resource } = wanted;
  const file = resource.source?.file ?? '';
  const listed = listOf(root.value, 'resources').map((name) => joinPath(place.application.root, String(name)));
  if (!listed.includes(file) || !isWithin(file, place.application.root))
    throw new NotWritable(
      `The manifest of ${formatResource(resource.id)} is not one of ${root.file}'s own resources; changing it would change what others build on it.`,
    );
  await refusePatched(wanted, { root, folder: place.application.root, draft: place.draft }, signal);
  // Prefixes, suffixes and the namespace come on top of what is written.
  const { group, kind, name } = resource.id;
  const isMeant = (one: { group: string; kind: string; name: string }): boolean =>
    one.group === group && one.kind === kind && one.name !== '' && isNamedAfter(name, one.name, root.value);
  await writeManifest(wanted, isMeant, place.draft, signal);
}

/** A kustomization file as it is now. */
export interface RootFile {
  readonly file: string;
  readonly text: string;
  readonly value: JsonObject;
}

async function readRoot({ application, draft }: Kustomized, signal: AbortSignal): Promise<RootFile> {
  const { root } = application;
  const file = kustomizationNames.map((name) => (root === '' ? name : `${root}/${name}`)).find(draft.has);
  if (file === undefined)
    throw new NotWritable(`${root === '' ? 'The root' : root} holds no kustomization that can be edited.`);
  const text = await draft.read(file, signal);
  const [value, ...more] = decodeYaml({ file, bytes: new TextEncoder().encode(text) }).map(
    (document) => document.value,
  );
  if (!isJsonObject(value) || more.length > 0) throw new NotWritable(`${file} is not one kustomization.`);
  return { file, text, value };
}

function isImage({ path, git, live }: Wanted): boolean {
  const [list, item, field] = path.slice(-3);
  const isContainer = list === 'containers' || list === 'initContainers';
  return (
    isContainer && typeof item === 'object' && field === 'image' && typeof git === 'string' && typeof live === 'string'
  );
}

async function writeImage(wanted: Wanted, root: RootFile, place: Kustomized, signal: AbortSignal): Promise<void> {
  const edits = imageEdits(wanted, listOf(root.value, 'images'));
  await refuseShared(wanted, edits.name, place, signal);
  write(root, edits.edits, place.draft);
}

/** Kinds whose replicas kustomize sets (its ReplicaCountTransformer). */
const replicated = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

function isReplicas({ resource, path, git, live }: Wanted): boolean {
  const isCount = Number.isSafeInteger(git) && Number.isSafeInteger(live);
  return replicated.has(resource.id.kind) && formatPath(path) === 'spec.replicas' && isCount;
}

/** An entry is matched by the name an object has in the end, or had before; one of the very name comes first. */
function writeReplicas({ resource, git, live }: Wanted, root: RootFile, draft: Draft): void {
  const entries = listOf(root.value, 'replicas');
  const { name } = resource.id;
  const exact = entries.findIndex((entry) => pickText(entry, 'name') === name);
  const near = entries.findIndex(
    (entry) => pick(entry, 'count') === git && isNamedAfter(name, pickText(entry, 'name') ?? '', root.value),
  );
  const index = exact >= 0 ? exact : near;
  const edit =
    index >= 0
      ? { path: ['replicas', index, 'count'], value: live }
      : addition('replicas', entries, { name, count: live });
  write(root, [edit], draft);
}

/** Whether a written name becomes this one by the kustomization's own prefix and suffix. */
function isNamedAfter(name: string, written: string, kustomization: JsonObject): boolean {
  const affix = (key: string): string => pickText(kustomization, key) ?? '';
  return written !== '' && name === `${affix('namePrefix')}${written}${affix('nameSuffix')}`;
}

function write(
  { file, text, value }: RootFile,
  edits: readonly { readonly path: Path; readonly value: Json }[],
  draft: Draft,
): void {
  const needed = edits.filter((edit) => valueAt(value, edit.path) !== edit.value);
  draft.write(file, editFile(text, { file, find: () => [], edits: needed }));
}

function listOf(value: JsonObject, key: string): readonly Json[] {
  const list = value[key] ?? [];
  return isJsonList(list) ? list : [];
}

function isWithin(file: string, root: string): boolean {
  return root === '' || file.startsWith(`${root}/`);
}
