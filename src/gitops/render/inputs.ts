import type { RenderInputs } from '../../model/renderer.ts';
import type { Application } from '../../model/target.ts';
import { offlineKubeVersion, type Place } from '../../world/cluster/place.ts';

/** What an application is rendered for: the place's version and types, the folder's name as release. */
export function renderInputs(
  application: Application,
  place: Place,
  tools: { readonly offlineApiVersions: readonly string[] },
): RenderInputs {
  const read = place.read;
  const namespaced = (read?.discovery.resources ?? []).map(
    (type) => [`${type.group}/${type.kind}`, type.namespaced] as const,
  );
  return {
    releaseName: application.root.split('/').at(-1) || 'release',
    namespace: read?.namespace ?? 'default',
    kubeVersion: read?.kubeVersion ?? offlineKubeVersion,
    apiVersions: read?.discovery.apiVersions ?? tools.offlineApiVersions,
    namespaced: Object.fromEntries(namespaced),
    set: [],
    ...(application.helm === undefined ? {} : { helm: { engine: application.helm } }),
  };
}

/** The same without a cluster and without an application. */
export function offlineInputs(apiVersions: readonly string[]): RenderInputs {
  return {
    ...{ releaseName: 'release', namespace: 'default' },
    ...{ kubeVersion: offlineKubeVersion, apiVersions, namespaced: {}, set: [] },
  };
}
