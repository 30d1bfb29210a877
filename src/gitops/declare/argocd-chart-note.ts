import { differsRule } from '../../formats/argocd/document.ts';
import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import type { Finding } from '../../model/finding.ts';
import type { Source } from '../../model/resource.ts';
import { treeFiles } from '../../tools/tree-files.ts';
import type { OpenedSource } from './declared-sources.ts';

/** A note where a kustomization's own file inflates charts: Argo CD does that only where it is told to. */
export async function chartNote(
  { tree, folder, isHere }: OpenedSource,
  declaredAt: Source,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const files = treeFiles(tree);
  const place = await files.resolve(folder, signal);
  const name = kustomizationNames.find((one) => files.list(place.path).includes(one));
  if (name === undefined) return [];
  const { kind, path } = await files.resolve(place.path === '' ? name : `${place.path}/${name}`, signal);
  if (kind !== 'file') return [];
  const lines = new TextDecoder().decode((await tree.read([path], signal)).get(path)).split('\n');
  const at = lines.findIndex((line) => /^["']?helmChart(?:s|InflationGenerator)["']?\s*:/.test(line));
  return at === -1 ? [] : [needsHelm(isHere ? { file: path, line: at + 1 } : declaredAt)];
}

function needsHelm({ file, line }: Source): Finding {
  return {
    ...{ rule: differsRule, severity: 'note', target: null, resource: null, file, line },
    message:
      'The kustomization inflates charts, which Argo CD refuses unless its kustomize.buildOptions have --enable-helm.',
    fix: null,
  };
}
