import { type Document, isMap, isSeq, type YAMLMap } from 'yaml';
import type { KustomizeOptions } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Source } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { overlayFiles } from '../../tools/mount-trees.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';
import { append, editKustomization, node, setText } from './edit-kustomization.ts';
import { kustomizationOf } from './kustomization-of.ts';

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
  const file = await kustomizationOf(tree, folder, signal);
  // Without one kustomize has the word.
  if (file === null) return tree;
  const components = options.components.filter((one) => isWanted(one, options, { tree, folder }));
  const failure: { message: string | null } = { message: null };
  const after = editKustomization(file.text, (document) => {
    failure.message = change(document, { ...options, components });
  });
  if (failure.message !== null) throw editFailed(failure.message, declaredAt);
  return after === file.text ? tree : overlayFiles(tree, new Map([[file.path, new TextEncoder().encode(after)]]));
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
  return addPatches(document, options) ?? addComponents(document, options);
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
  const [before = '', digest = ''] = text.split('@');
  const tagged = /^(.*):([a-zA-Z0-9._-]*|\*)$/.exec(before);
  if (tagged !== null) return { name: tagged[1] ?? '', newTag: tagged[2] ?? '', digest };
  return text.includes('@') || (mayBeBare && text !== '') ? { name: before, newTag: '', digest } : null;
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

interface Added {
  readonly what: 'label' | 'annotation';
  readonly entries: Readonly<Record<string, string>>;
  /** Whether they take the place of what is there already. */
  readonly isForced: boolean;
}

function setLabels(document: Document, options: KustomizeOptions): string | null {
  const { commonLabels: entries, labelWithoutSelector, labelIncludeTemplates, forceCommonLabels = false } = options;
  if (Object.keys(entries).length === 0) return null;
  const labels: Added = { what: 'label', entries, isForced: forceCommonLabels };
  if (labelWithoutSelector) return addPairs(document, labels, labelIncludeTemplates);
  if (labelIncludeTemplates) return 'labelIncludeTemplates requires labelWithoutSelector';
  return addTo(document, 'commonLabels', labels);
}

/** Into the first entry of `labels` that labels the same places, else into one of their own. */
function addPairs(document: Document, labels: Added, inTemplates: boolean): string | null {
  const alike = entriesOf(document, 'labels').find(
    (entry) => !isTrue(entry, 'includeSelectors') && isTrue(entry, 'includeTemplates') === inTemplates,
  );
  const pairs = alike?.get('pairs');
  if (isMap(pairs)) return addEntries(pairs, labels);
  if (alike !== undefined) return 'an entry of its labels has no pairs, over which kustomize edit breaks';
  const entry: JsonObject = { pairs: labels.entries, ...(inTemplates ? { includeTemplates: true } : {}) };
  append(document, 'labels', [entry]);
  return null;
}

function setAnnotations(document: Document, options: KustomizeOptions): string | null {
  const { commonAnnotations: entries, forceCommonAnnotations = false } = options;
  if (Object.keys(entries).length === 0) return null;
  return addTo(document, 'commonAnnotations', { what: 'annotation', entries, isForced: forceCommonAnnotations });
}

function addTo(document: Document, field: string, added: Added): string | null {
  const known = document.get(field);
  const map = isMap(known) ? known : mapOf({});
  const refused = addEntries(map, added);
  document.set(field, map);
  return refused;
}

function addEntries(map: YAMLMap, { what, entries, isForced }: Added): string | null {
  for (const [key, value] of Object.entries(entries)) {
    if (map.has(key) && !isForced) return `${what} ${key} already in kustomization file`;
    map.set(key, node(value));
  }
  return null;
}

/** Argo CD adds patches itself and looks for a list; any `kustomize edit` before would have left an empty field out. */
function addPatches(document: Document, options: KustomizeOptions): string | null {
  const isOther = document.has('patches') && !isSeq(document.get('patches'));
  if (options.patches.length > 0 && isOther && !isEdited(options)) return "the kustomization's patches are no list";
  append(document, 'patches', options.patches);
  return null;
}

function isEdited({ namePrefix, nameSuffix, namespace, ...options }: KustomizeOptions): boolean {
  const { images, replicas, commonLabels, commonAnnotations } = options;
  const texts = [namePrefix, nameSuffix, namespace ?? ''];
  const lists = [images, replicas, Object.keys(commonLabels), Object.keys(commonAnnotations)];
  return texts.some((text) => text !== '') || lists.some((list) => list.length > 0);
}

/** One that is named already is left as it is. */
function addComponents(document: Document, { components }: KustomizeOptions): null {
  const listed = document.get('components');
  const known = new Set(isSeq(listed) ? listed.items.map(String) : []);
  append(
    document,
    'components',
    [...new Set(components)].filter((component) => !known.has(component)),
  );
  return null;
}

function entriesOf(document: Document, field: string): readonly YAMLMap[] {
  const list = document.get(field);
  return isSeq(list) ? list.items.filter(isMap) : [];
}

function isTrue(entry: YAMLMap, key: string): boolean {
  return textAt(entry, key) === 'true';
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
