import type { OpenApiBundle } from './bundle.ts';

/** What a cluster of the bundled version would say: Helm's `.Capabilities.APIVersions` without a cluster. */
export function apiVersionsOf(bundle: Pick<OpenApiBundle, 'kinds'>): readonly string[] {
  const groupVersions = bundle.kinds.map(({ group, version }) => (group === '' ? version : `${group}/${version}`));
  const kinds = bundle.kinds.map(({ kind }, index) => `${groupVersions[index] ?? ''}/${kind}`);
  return [...new Set([...groupVersions, ...kinds])].sort();
}
