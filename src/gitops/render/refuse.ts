import type { KustomizeInputs } from '../../formats/kustomization/kustomize-inputs.ts';
import type { RefusalReason } from '../../formats/kustomization/named-reference.ts';
import { FairleadError } from '../../model/error.ts';
import type { KustomizeSettings } from '../../model/renderer.ts';

/**
 * Refuses a kustomization that would run foreign code or read outside the repository, and charts where none are inflated. Throws
 * `FairleadError` `refused`, of charts `render-failed`, with file, line and what was named.
 */
export function refuseForbidden(
  inputs: Pick<KustomizeInputs, 'refused' | 'charts' | 'inflated'>,
  { inflatesCharts }: Pick<KustomizeSettings, 'inflatesCharts'>,
): void {
  const [first] = inputs.refused;
  if (first === undefined && !inflatesCharts) refuseCharts(inputs);
  if (first === undefined) return;
  const { why, remedy } = reasons[first.reason];
  throw refusal(`${first.file} names ${first.reference}, ${why}.`, `${first.file}:${first.line}`, remedy);
}

/** As kustomize does without `--enable-helm`. Throws `FairleadError` `render-failed` with file and line of the first chart. */
function refuseCharts({ charts, inflated }: Pick<KustomizeInputs, 'charts' | 'inflated'>): void {
  const [first] = [...charts, ...inflated];
  if (first === undefined) return;
  throw new FairleadError({
    code: 'render-failed',
    message: `${first.file} inflates the chart ${first.reference}, and the kustomize of whoever deploys it is not told --enable-helm.`,
    subject: `${first.file}:${first.line}`,
    remedy: 'Set kustomize.buildOptions to --enable-helm in argocd-cm, or commit what the chart renders.',
  });
}

/** The error of an input that is refused by rule. */
export function refusal(message: string, subject: string, remedy: string): FairleadError {
  return new FairleadError({ code: 'refused', message, subject, remedy });
}

/** The error of a kustomization that asks for more than is done for one. */
export function tooMany(root: string, what: string): FairleadError {
  const subject = root || 'the repository root';
  return refusal(`The kustomizations of ${subject} ${what}.`, subject, reasons['too-many'].remedy);
}

/** The error of a link that leads out of the repository, turns in a circle or goes through too many others. */
export function linkRefusal(path: string): FairleadError {
  return refusal(`${path} is a link that leads out of the repository or does not end.`, path, reasons.link.remedy);
}

const reasons: Record<RefusalReason, { readonly why: string; readonly remedy: string }> = {
  outside: {
    why: 'which is outside the repository',
    remedy: 'Refer to files of the repository by relative paths.',
  },
  link: {
    why: 'which is reached through a link that leaves the folder that may be read',
    remedy: 'Replace the link by the file itself.',
  },
  submodule: {
    why: 'which is inside a submodule; submodules are not read',
    remedy: 'Copy what it refers to into the repository.',
  },
  function: {
    why: 'a container or exec function; code of a repository is never run',
    remedy: 'Commit what the function generates, or use a transformer that is built into kustomize.',
  },
  plugin: {
    why: 'a plugin that is not built into kustomize; code of a repository is never run',
    remedy: 'Use `apiVersion: builtin`, or commit what the plugin generates.',
  },
  'too-many': {
    why: 'after more than a thousand kustomizations',
    remedy: 'Look for kustomizations that include each other, or split the application.',
  },
};
