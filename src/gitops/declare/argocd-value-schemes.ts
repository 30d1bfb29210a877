import type { ArgoCdOptions } from '../../model/argocd-knowledge.ts';
import type { Declaration, DeclaredSource } from '../../model/declared.ts';
import { notRendered } from './argocd-refusals.ts';

/**
 * Throws `FairleadError` `render-failed` for values files and files of parameters at addresses that Argo CD does not fetch, where its
 * settings are known.
 */
export function checkSchemes(
  { helm }: Pick<DeclaredSource, 'helm'>,
  { application, settings }: Pick<Declaration, 'application' | 'settings'>,
): void {
  if (helm === null || settings === undefined) return;
  const allowed = schemesOf(settings);
  for (const path of [...helm.valuesFiles, ...helm.fileParameters.map((one) => one.path)]) {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1];
    if (scheme === undefined || allowed.includes(scheme)) continue;
    const why = `values of ${path}: the URL scheme ${scheme} is not among helm.valuesFileSchemes`;
    throw notRendered(why, application.declaredAt);
  }
}

/** Of `argocd-cm` (Argo CD 3.5, `GetHelmSettings`). */
function schemesOf(settings: ArgoCdOptions): readonly string[] {
  const text = settings['helm.valuesFileSchemes'];
  return text === undefined ? ['https', 'http'] : text.split(',').map((one) => one.trim());
}
