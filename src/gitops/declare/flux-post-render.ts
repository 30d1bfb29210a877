import type { FluxHelmRelease } from '../../formats/flux/helm-release.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Tree } from '../../model/tree.ts';
import { overlayKustomization } from './flux-kustomization-file.ts';
import { manifestText, textTree } from './text-tree.ts';

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
  return textTree('post-render', {
    'helm-output.yaml': manifestText(objects),
    'kustomization.yaml': overlayKustomization(head, overlay, true),
  });
}
