import { type Document, isMap, isSeq, type YAMLMap } from 'yaml';
import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import type { KustomizeOptions } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Source } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { overlayFiles } from '../../tools/mount-trees.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';
import { append, editKustomization, node, setText } from './edit-kustomization.ts';

/** Which kustomization is changed, and where its options are written. */
export interface KustomizationPlace {
  readonly tree: Tree;
  readonly folder: string;
  readonly declaredAt: Source;
}

/**
 * The tree with the options of `spec.source.kustomize` in its kustomization file, in the order in which Argo CD has `kustomize edit`
 * write them (Argo CD 3.5, util/kustomize `Build`). Throws `FairleadError` `render-failed` where that command would fail.
 */
export async function argoKustomizationTree(
  { tree, folder, declaredAt }: KustomizationPlace,
  options: KustomizeOptions,
  signal: AbortSignal,
): Promise<Tree> {
  const files = treeFiles(tree);
  const names = files.list(folder);
  const name = kustomizationNames.find((one) => names.includes(one));
  // Without one kustomize has the word.
  if (name === undefined) return tree;
  const place = await files.resolve(folder === '' ? name : `${folder}/${name}`, signal);
  if (place.kind !== 'file') return tree;
  const before = new TextDecoder().decode((await tree.read([place.path], signal)).get(place.path));
  const components = options.components.filter((one) => isWanted(one, options, { tree, folder }));
  const failure: { message: string | null } = { message: null };
  const after = editKustomization(before, (document) => {
    failure.message = change(document, { ...options, components });
  });
  if (failure.message !== null) throw editFailed(failure.message, declaredAt);
  return after === before ? tree : overlayFiles(tree, new Map([[place.path, new TextEncoder().encode(after)]]));
}

function isWanted(
  component: string,
  options: KustomizeOptions,
  place: Pick<KustomizationPlace, 'tree' | 'folder'>,
): boolean {
  if (!options.ignoreMissingComponents) return true;
  const folder = joinPath(place.folder, component);
  return folder !== null && treeFiles(place.tree).list(folder).length > 0;
}

/** Gives why the change is refused, or null. */
function change(document: Document, options: KustomizeOptions): string | null {
  setText(document, 'namePrefix', options.namePrefix || null);
  setText(document, 'nameSuffix', options.nameSuffix || null);
  const images = options.images.map(parseImage);
  const bad = images.indexOf(null);
  if (bad !== -1) return `${JSON.stringify(options.images[bad])} is no image`;
  setImages(
    document,
    images.filter((image) => image !== null),
  );
  setReplicas(document, options.replicas);
  const taken = setLabels(document, options) ?? setAnnotations(document, options);
  if (taken !== null) return taken;
  setText(document, 'namespace', options.namespace);
  append(document, 'patches', options.patches);
  append(document, 'components', options.components);
  return null;
}

interface Image {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
  readonly digest: string;
}

/** As `kustomize edit set image` reads one; null for what it refuses. */
function parseImage(text: string): Image | null {
  const [name = '', rest, ...more] = text.split('=');
  if (more.length > 0) return null;
  const written = parseOverwrite(rest ?? name, rest !== undefined);
  if (written === null) return null;
  if (rest === undefined) return { ...written, newName: '' };
  return { name, newName: written.name, newTag: written.newTag, digest: written.digest };
}

function parseOverwrite(text: string, mayBeBare: boolean): Omit<Image, 'newName'> | null {
  const [before = '', digest] = text.split('@');
  if (digest !== undefined) return { name: before, newTag: '', digest };
  const tagged = /^(.*):([a-zA-Z0-9._-]*|\*)$/.exec(text);
  if (tagged !== null) return { name: tagged[1] ?? '', newTag: tagged[2] ?? '', digest: '' };
  return mayBeBare && text !== '' ? { name: text, newTag: '', digest: '' } : null;
}

/** An entry takes the place of that of its name, whole; `*` keeps what that says. All are sorted by name. */
function setImages(document: Document, images: readonly Image[]): void {
  if (images.length === 0) return;
  const known = entriesOf(document, 'images');
  const wanted = new Map(images.map((image) => [image.name, image]));
  const kept = known.filter((entry) => !wanted.has(textAt(entry, 'name')));
  const entries = [...wanted.values()].map((image): readonly [string, YAMLMap] => {
    const old = known.find((entry) => textAt(entry, 'name') === image.name);
    return [image.name, imageNode(image, old)];
  });
  const all = [...kept.map((entry) => [textAt(entry, 'name'), entry] as const), ...entries];
  const list = node([]);
  if (isSeq(list)) list.items = all.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry);
  document.set('images', list);
}

function imageNode({ name, newName, newTag, digest }: Image, old: YAMLMap | undefined): YAMLMap {
  const before = (key: string) => (old === undefined ? '' : textAt(old, key));
  const isKept = newTag === '*' || digest === '*';
  const fields = {
    name,
    newName: newName === '*' ? before('newName') : newName,
    newTag: isKept ? before('newTag') : newTag,
    digest: isKept ? before('digest') : digest,
  };
  return mapOf(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')));
}

function setReplicas(document: Document, replicas: KustomizeOptions['replicas']): void {
  for (const { name, count } of replicas) {
    const entry = entriesOf(document, 'replicas').find((one) => textAt(one, 'name') === name);
    if (entry === undefined) append(document, 'replicas', [{ name, count }]);
    else entry.set('count', node(count));
  }
}

function setLabels(document: Document, options: KustomizeOptions): string | null {
  const { commonLabels, labelWithoutSelector, labelIncludeTemplates } = options;
  if (Object.keys(commonLabels).length === 0) return null;
  if (!labelWithoutSelector) return addTo(document, 'commonLabels', { what: 'label', entries: commonLabels });
  const entry: JsonObject = { pairs: commonLabels, ...(labelIncludeTemplates ? { includeTemplates: true } : {}) };
  append(document, 'labels', [entry]);
  return null;
}

function setAnnotations(document: Document, { commonAnnotations }: KustomizeOptions): string | null {
  return addTo(document, 'commonAnnotations', { what: 'annotation', entries: commonAnnotations });
}

/** A key that is there already is refused, as without `--force`. */
function addTo(
  document: Document,
  field: string,
  { what, entries }: { readonly what: string; readonly entries: Readonly<Record<string, string>> },
): string | null {
  if (Object.keys(entries).length === 0) return null;
  const known = document.get(field);
  const map = isMap(known) ? known : mapOf({});
  for (const [key, value] of Object.entries(entries)) {
    if (map.has(key)) return `${what} ${key} already in kustomization file`;
    map.set(key, node(value));
  }
  document.set(field, map);
  return null;
}

function entriesOf(document: Document, field: string): readonly YAMLMap[] {
  const list = document.get(field);
  return isSeq(list) ? list.items.filter(isMap) : [];
}

function textAt(entry: YAMLMap, key: string): string {
  const value = entry.get(key);
  return value === undefined || value === null ? '' : String(value);
}

function mapOf(value: Readonly<Record<string, Json>>): YAMLMap {
  const made = node(value);
  if (!isMap(made)) throw new TypeError('a map makes a map');
  return made;
}

function editFailed(why: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `Argo CD could not put the options of spec.source.kustomize into the kustomization: ${why}.`,
    subject: `${file}:${line}`,
    remedy: 'Correct spec.source.kustomize, or the kustomization.',
  });
}
