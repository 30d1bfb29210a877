import type { KustomizeInputs } from '../../formats/kustomization/kustomize-inputs.ts';
import type { NamedReference } from '../../formats/kustomization/named-reference.ts';
import { FairleadError } from '../../model/error.ts';

/**
 * Refuses a kustomization that would have to fetch something: nothing is fetched while rendering. Throws `FairleadError`
 * `remote-reference` with file, line and reference of the first one and the number of others.
 */
export function refuseRemote(inputs: Pick<KustomizeInputs, 'remote' | 'charts'>): void {
  const [remote] = inputs.remote;
  if (remote !== undefined) throw remoteError(remote, others(inputs.remote));
  const [chart] = inputs.charts;
  if (chart !== undefined) throw chartError(chart, others(inputs.charts));
}

function remoteError({ file, line, reference }: NamedReference, more: string): FairleadError {
  return new FairleadError({
    code: 'remote-reference',
    message: `${file} refers to ${reference}${more}, which is outside the repository; nothing is fetched while rendering.`,
    subject: `${file}:${line}`,
    remedy: 'Copy what it refers to into the repository.',
  });
}

function chartError({ file, line, reference }: NamedReference, more: string): FairleadError {
  return new FairleadError({
    code: 'remote-reference',
    message: `${file} inflates the Helm chart ${reference}${more}, which is not in the repository; nothing is fetched while rendering.`,
    subject: `${file}:${line}`,
    remedy: 'Commit the chart below the folder that helmGlobals.chartHome names, `charts` without it.',
  });
}

function others(references: readonly unknown[]): string {
  return references.length > 1 ? ` (and ${references.length - 1} more)` : '';
}
