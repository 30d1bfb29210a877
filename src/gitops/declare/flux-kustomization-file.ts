import { type Document, isMap, isSeq, Scalar, type YAMLMap } from 'yaml';
import type { FluxImage, FluxOverlay } from '../../formats/flux/kustomization.ts';
import { stringifyJson } from '../../formats/json.ts';
import { isJsonObject, type JsonObject, pickText } from '../../model/json.ts';
import { append, editKustomization, node, setText } from './edit-kustomization.ts';

/** What Flux puts into a kustomization file. */
export type Overlay = Omit<FluxOverlay, 'ignoresMissingComponents'>;

/**
 * A kustomization file's text with what a Kustomization of Flux adds (fluxcd/pkg/kustomize, Generator.GenerateManifest): lines and
 * comments stay where they are, new entries go to the end of their lists. A file that is no YAML comes back as it is: kustomize says why.
 */
export function overlayKustomization(text: string, overlay: Overlay, isGenerated: boolean): string {
  return editKustomization(text, (document, contents) => {
    dropUnknown(contents);
    if (!isGenerated && !hasResources(document)) document.set('buildMetadata', node(['originAnnotations']));
    setText(document, 'namespace', overlay.targetNamespace);
    setText(document, 'namePrefix', overlay.namePrefix);
    setText(document, 'nameSuffix', overlay.nameSuffix);
    append(document, 'patches', overlay.patches.map(patchOf));
    append(document, 'components', overlay.components);
    append(
      document,
      'patchesStrategicMerge',
      overlay.patchesStrategicMerge.map((patch) => stringifyJson(patch)),
    );
    append(document, 'patchesJson6902', overlay.patchesJson6902.map(jsonPatchOf));
    for (const image of overlay.images) putImage(document, image);
    if (overlay.buildMetadata.length > 0) document.set('buildMetadata', node(overlay.buildMetadata));
  });
}

/** The fields of kustomize's types.Kustomization (v0.21); Flux drops any other one without a word. */
const known = new Set(
  (
    'apiVersion kind metadata openapi namePrefix nameSuffix namespace commonLabels labels commonAnnotations patchesStrategicMerge ' +
    'patchesJson6902 patches images imageTags replacements replicas vars sortOptions resources components crds bases ' +
    'configMapGenerator secretGenerator helmGlobals helmCharts helmChartInflationGenerator generatorOptions configurations ' +
    'generators transformers validators buildMetadata'
  ).split(' '),
);

function dropUnknown(map: YAMLMap): void {
  map.items = map.items.filter(({ key }) => known.has(String(key instanceof Scalar ? key.value : key)));
}

function hasResources(document: Document): boolean {
  const resources = document.get('resources');
  return isSeq(resources) && resources.items.length > 0;
}

function patchOf(patch: JsonObject): JsonObject {
  const target = patch['target'];
  return { patch: pickText(patch, 'patch') ?? '', ...(isJsonObject(target) ? { target: selectorOf(target) } : {}) };
}

function jsonPatchOf(patch: JsonObject): JsonObject {
  const target = patch['target'];
  return { patch: stringifyJson(patch['patch'] ?? []), target: selectorOf(isJsonObject(target) ? target : {}) };
}

function selectorOf(target: JsonObject): JsonObject {
  const fields = ['group', 'version', 'kind', 'name', 'namespace', 'labelSelector', 'annotationSelector'];
  return Object.fromEntries(fields.flatMap((key) => (target[key] ? [[key, target[key]]] : [])));
}

/** Flux changes the entry of that name: tag and digest are one choice, so setting one takes the other away. */
function putImage(document: Document, image: FluxImage): void {
  const list = document.get('images');
  const entry = isSeq(list) ? list.items.find((item) => isMap(item) && item.get('name') === image.name) : undefined;
  const { name, newName, newTag, digest } = image;
  const change = { ...(newName && { newName }), ...(newTag && { newTag }), ...(digest && { digest }) };
  if (!isMap(entry)) {
    append(document, 'images', [{ name, ...change }]);
    return;
  }
  if (newTag !== '' || digest !== '') {
    entry.delete('newTag');
    entry.delete('digest');
  }
  for (const [key, value] of Object.entries(change)) entry.set(key, node(value));
}
