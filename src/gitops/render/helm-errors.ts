import { FairleadError } from '../../model/error.ts';
import type { Application } from '../../model/target.ts';
import type { MissingChart, TemplateFailure } from './helm-message.ts';

/** What Helm refused, in its own words and with the file and line they name. Code `render-failed` or `remote-reference`. */
export function templateError(failure: TemplateFailure, { root }: Pick<Application, 'root'>): FairleadError {
  if (failure.kind === 'remote') return remoteSchema(failure);
  const [missing] = failure.missing ?? [];
  if (missing !== undefined) return remoteChart(missing);
  return new FairleadError({
    code: 'render-failed',
    message: `helm cannot render ${root || 'the repository root'}: ${unrolled(failure.error.trim())}`,
    subject: failure.file === '' ? root : `${failure.file}:${failure.line}`,
    remedy: remedies[failure.kind],
  });
}

/** Most characters of Helm's own words. */
const maxWords = 2_000;

/** Helm's message with the steps of an endless recursion told once; its end is the reason, so a long one loses its middle. */
export function unrolled(message: string): string {
  const once = message.replace(/(error calling include: template: .{1,600}?>: )\1+/g, '$1… ');
  return once.length <= maxWords ? once : `${once.slice(0, maxWords / 2)} … ${once.slice(-maxWords / 2)}`;
}

/** A dependency that is neither vendored nor in the repository: nothing is fetched while rendering. */
export function remoteChart({ name, version, repository, file }: MissingChart): FairleadError {
  const from = repository === '' ? '' : ` from ${repository}`;
  return new FairleadError({
    code: 'remote-reference',
    message: `${file} depends on the chart ${name} ${version}${from}, which is not in charts/; nothing is fetched while rendering.`,
    subject: file,
    remedy: 'Vendor it: run `helm dependency build` and commit charts/.',
  });
}

function remoteSchema({ error, file, line }: TemplateFailure): FairleadError {
  const reference = /HTTP request failed for (\S+?):? /.exec(error)?.[1] ?? 'a remote schema';
  return new FairleadError({
    code: 'remote-reference',
    message: `${file} refers to ${reference}; nothing is fetched while rendering.`,
    subject: `${file}:${line}`,
    remedy: 'Copy the schema it refers to into values.schema.json.',
  });
}

const remedies: Readonly<Record<TemplateFailure['kind'], string>> = {
  render: 'Correct the template or the values it reads; `helm template` gives the same message.',
  schema: 'Correct the values, or the schema in values.schema.json.',
  values: 'Correct the values files or assignments.',
  dependency: 'Vendor it: run `helm dependency build` and commit charts/.',
  kubeVersion: "Use a chart version that supports the cluster's Kubernetes version.",
  remote: 'Copy what it refers to into the repository.',
  chart: 'Correct the chart; `helm lint` says more.',
};
