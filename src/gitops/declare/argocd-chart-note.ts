import { differsRule } from '../../formats/argocd/document.ts';
import type { Finding } from '../../model/finding.ts';
import type { Source } from '../../model/resource.ts';
import type { OpenedSource } from './declared-sources.ts';
import { kustomizationOf } from './kustomization-of.ts';

/** A note where a kustomization's own file inflates charts: Argo CD does that only where it is told to. */
export async function chartNote(
  { tree, folder, isHere }: OpenedSource,
  declaredAt: Source,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const found = await kustomizationOf(tree, folder, signal);
  const lines = found?.text.split('\n') ?? [];
  const at = lines.findIndex((line) => /^["']?helmChart(?:s|InflationGenerator)["']?\s*:/.test(line));
  if (found === null || at === -1) return [];
  return [needsHelm(isHere ? { file: found.path, line: at + 1 } : declaredAt)];
}

function needsHelm({ file, line }: Source): Finding {
  return {
    ...{ rule: differsRule, severity: 'note', target: null, resource: null, file, line },
    message:
      'The kustomization inflates charts, which Argo CD refuses unless its kustomize.buildOptions have --enable-helm.',
    fix: null,
  };
}
