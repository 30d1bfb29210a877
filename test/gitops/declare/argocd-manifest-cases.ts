import type { ManifestCase } from './argocd-manifest-case.ts';
import { helmChartCases } from './argocd-manifest-cases-chart.ts';
import { contentCases, fileCases, jsonnetCases, linkCases } from './argocd-manifest-cases-files.ts';
import { helmOptionCases, helmParameterCases, helmValuesCases } from './argocd-manifest-cases-helm.ts';
import { kustomizeCases, kustomizeEditCases } from './argocd-manifest-cases-kustomize.ts';
import { kustomizeRewriteCases } from './argocd-manifest-cases-rewrite.ts';
import { overrideCases, sourcesCases } from './argocd-manifest-cases-sources.ts';

/** Applications that are rendered here and by Argo CD, by subject. */
export const manifestCases: Readonly<Record<string, readonly ManifestCase[]>> = {
  'files of a folder': fileCases,
  'contents of a folder': contentCases,
  'jsonnet in a folder': jsonnetCases,
  'links in a folder': linkCases,
  'a kustomization': kustomizeCases,
  'an edited kustomization': kustomizeEditCases,
  'a rewritten kustomization': kustomizeRewriteCases,
  "a chart's values": helmValuesCases,
  "a chart's parameters": helmParameterCases,
  'options of Helm': helmOptionCases,
  'a chart': helmChartCases,
  'several sources': sourcesCases,
  'options in files': overrideCases,
};
