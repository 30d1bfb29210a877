import { createHash } from 'node:crypto';
import type { FluxHelmRelease } from '../../formats/flux/helm-release.ts';
import { stringifyJson } from '../../formats/json.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Tree, TreeEntry } from '../../model/tree.ts';
import { overlayKustomization } from './flux-kustomization-file.ts';

/**
 * What one post-renderer of a HelmRelease runs kustomize on, as a tree to render at its root: what the chart gave, or the post-renderer
 * before, with patches and images over it (helm-controller, internal/postrender/kustomize.go). Hooks are not among the objects.
 */
export function postRenderTree(
  objects: readonly JsonObject[],
  { patches, images }: FluxHelmRelease['postRenderers'][number],
): Tree {
  const overlay = {
    targetNamespace: null,
    namePrefix: null,
    nameSuffix: null,
    patches,
    patchesStrategicMerge: [],
    patchesJson6902: [],
    images,
    components: [],
    buildMetadata: [],
  };
  const head = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [helm-output.yaml]\n';
  return treeOf({
    'helm-output.yaml': objects.map((object) => `${stringifyJson(object)}\n`).join('---\n'),
    'kustomization.yaml': overlayKustomization(head, overlay, true),
  });
}

function treeOf(files: Readonly<Record<string, string>>): Tree {
  const contents = new Map(Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]));
  const entries = [...contents].map(([path, bytes]): TreeEntry => {
    const oid = createHash('sha256').update(bytes).digest('hex');
    return { path, mode: '100644', oid, size: bytes.length };
  });
  return {
    id: `post-render:${entries.map(({ oid }) => oid).join('+')}`,
    entries,
    read: async (paths) =>
      new Map(
        paths.flatMap((path) => {
          const bytes = contents.get(path);
          return bytes === undefined ? [] : [[path, bytes] as const];
        }),
      ),
  };
}
