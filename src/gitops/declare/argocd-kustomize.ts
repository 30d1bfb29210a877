import { type BuildOptions, readBuildOptions } from '../../formats/argocd/build-options.ts';
import { differsRule } from '../../formats/argocd/document.ts';
import type { Declaration } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rendered, Renderer, RenderInputs } from '../../model/renderer.ts';
import type { Source } from '../../model/resource.ts';
import { chartNote } from './argocd-chart-note.ts';
import type { argoKustomizationTree } from './argocd-kustomization.ts';
import { declarationOf } from './declaration-of.ts';
import type { HelmSource } from './declared-helm.ts';

/** Builds the kustomization of a source with the build options of Argo CD, where these are known. Throws what the renderer throws. */
export async function renderKustomizeSource(
  { application, opened, declaredAt }: Omit<HelmSource, 'refs'>,
  { renderer, inputs }: { readonly renderer: Renderer; readonly inputs: RenderInputs },
  signal: AbortSignal,
): Promise<Rendered> {
  const { tree, folder, source } = opened;
  const options = optionsOf(declarationOf(application));
  const place = { tree, folder, declaredAt };
  const edited = source.kustomize === null ? tree : await edit(place, source.kustomize, signal);
  const root = { ...application, root: folder, renderer: 'kustomize', valuesFiles: [], inputs: [] } as const;
  const told = options === null ? inputs : { ...inputs, kustomize: options };
  const rendered = await renderer.render(root, edited, told, signal);
  const notes = options === null ? await chartNote(opened, declaredAt, signal) : flagNotes(options, declaredAt);
  return { ...rendered, findings: [...rendered.findings, ...notes] };
}

/** As `argoKustomizationTree`. What edits YAML in its place is large, and most sources ask for nothing of it. */
async function edit(...told: Parameters<typeof argoKustomizationTree>): ReturnType<typeof argoKustomizationTree> {
  const kustomization = await import('./argocd-kustomization.ts');
  return kustomization.argoKustomizationTree(...told);
}

function optionsOf({ settings }: Pick<Declaration, 'settings'>): BuildOptions | null {
  return settings === undefined ? null : readBuildOptions(settings['kustomize.buildOptions'] ?? '');
}

function flagNotes({ others }: BuildOptions, { file, line }: Source): readonly Finding[] {
  if (others.length === 0) return [];
  return [
    {
      ...{ rule: differsRule, severity: 'note', target: null, resource: null, file, line },
      message: `kustomize.buildOptions of Argo CD have ${others.join(' ')}, which is not done here.`,
      fix: null,
    },
  ];
}
