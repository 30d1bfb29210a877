import type { FluxChart, FluxHelmRelease } from '../../formats/flux/helm-release.ts';
import type { FluxImage, FluxKustomization } from '../../formats/flux/kustomization.ts';
import type {
  DeclaredApplication,
  DeclaredSource,
  HelmOptions,
  KustomizeOptions,
  SourcePlace,
} from '../../model/declared.ts';
import type { FluxSource, FluxSources } from './flux-sources.ts';
import type { ComposedValues } from './flux-values.ts';
import { ownHints } from './hints.ts';

/** What an object was brought about by: `via`, `viaFiles` and `hints` of what applies it. */
export type Above = Pick<DeclaredApplication, 'via' | 'viaFiles' | 'hints'>;

/** What a Kustomization declares. Without a source that can be read it has no sources. */
export function declareKustomization(
  kustomization: FluxKustomization,
  source: FluxSource | null,
  above: Above,
): DeclaredApplication {
  const place = withPath(source?.place ?? null, kustomization.path);
  const options: readonly (readonly [string, boolean])[] = [
    ['ServerSideApply=true', true],
    ['Prune=false', !kustomization.prunes],
    ['Force=true', kustomization.forces],
  ];
  return withHints(above, {
    kind: 'flux-kustomization',
    ...commonOf(kustomization, above),
    destination: { server: null, cluster: kustomization.kubeConfig, namespace: kustomization.targetNamespace },
    sources: place === null ? [] : [{ ...plain, place, kustomize: kustomizeOptions(kustomization) }],
    syncOptions: options.flatMap(([option, isSet]) => (isSet ? [option] : [])),
    ignoreDifferences: kustomization.ignore,
  });
}

/** What a HelmRelease declares, with the values that were composed for it (`composeValues`). */
export function declareHelmRelease(
  release: FluxHelmRelease,
  {
    sources,
    composed,
  }: { readonly sources: FluxSources; readonly composed: Pick<ComposedValues, 'values' | 'parameters'> },
  above: Above,
): DeclaredApplication {
  const chart = chartOf(release.chart, sources);
  const place = chart === null ? null : chartPlace(chart, sources);
  const helm = helmOptions(release, { composed, chart, isInGit: place?.kind === 'git' });
  return withHints(above, {
    kind: 'flux-helmrelease',
    ...commonOf(release, above),
    destination: { server: null, cluster: release.kubeConfig, namespace: release.targetNamespace || null },
    sources: place === null ? [] : [{ ...plain, place, helm }],
    syncOptions: [],
    ignoreDifferences: release.ignore,
  });
}

const plain: Omit<DeclaredSource, 'place'> = { ref: null, helm: null, kustomize: null, directory: null, plugin: null };

type Common = Pick<
  DeclaredApplication,
  'name' | 'namespace' | 'project' | 'object' | 'declaredAt' | 'via' | 'viaFiles'
>;

function commonOf(
  { resource, name, namespace }: FluxKustomization | FluxHelmRelease,
  { via, viaFiles = [] }: Above,
): Common {
  return {
    name,
    namespace: namespace || null,
    project: null,
    object: resource.object,
    declaredAt: resource.source ?? { file: '', line: 1 },
    via,
    ...(viaFiles.length === 0 ? {} : { viaFiles }),
  };
}

function withHints({ hints }: Above, application: Omit<DeclaredApplication, 'hints'>): DeclaredApplication {
  return { ...application, hints: [...ownHints(application), ...hints] };
}

function withPath(place: SourcePlace | null, path: string): SourcePlace | null {
  return place === null || place.kind === 'chart' ? null : { ...place, path };
}

function kustomizeOptions(kustomization: FluxKustomization): KustomizeOptions {
  return {
    namePrefix: kustomization.namePrefix ?? '',
    nameSuffix: kustomization.nameSuffix ?? '',
    namespace: kustomization.targetNamespace,
    images: kustomization.images.map(formatImage),
    replicas: [],
    // `commonMetadata` is none of these: it is put on after the build, on the objects alone.
    commonLabels: {},
    labelWithoutSelector: false,
    labelIncludeTemplates: false,
    commonAnnotations: {},
    patches: kustomization.patches,
    components: kustomization.components,
    ignoreMissingComponents: kustomization.ignoresMissingComponents,
  };
}

function formatImage({ name, newName, newTag, digest }: FluxImage): string {
  const version = digest === '' ? (newTag === '' ? '' : `:${newTag}`) : `@${digest}`;
  return newName === '' ? `${name}${version}` : `${name}=${newName}${version}`;
}

type TemplateChart = Omit<Extract<FluxChart, { kind: 'template' }>, 'kind'>;

/** The chart as a template has it, whether the object holds it or names a HelmChart; an OCIRepository is a place by itself. */
function chartOf(chart: FluxChart, sources: FluxSources): TemplateChart | SourcePlace | null {
  if (chart.kind === 'template') return chart;
  const found = sources.find(chart.reference);
  if (found?.spec.kind === 'HelmChart') return found.spec;
  return found?.spec.kind === 'OCIRepository' ? ociChart(found.spec) : null;
}

/** The artifact of an OCIRepository that a release names is a chart; only a digest is no version of one. */
function ociChart({ url, revision }: { readonly url: string; readonly revision: string }): SourcePlace {
  const slash = url.lastIndexOf('/');
  if (revision.includes(':')) return { kind: 'oci', url, revision, path: '' };
  return { kind: 'chart', repository: url.slice(0, slash), name: url.slice(slash + 1), version: revision };
}

function chartPlace(chart: TemplateChart | SourcePlace, sources: FluxSources): SourcePlace | null {
  if (!('source' in chart)) return chart;
  const place = sources.find(chart.source)?.place ?? null;
  if (place?.kind === 'chart') return { ...place, name: chart.chart, version: chart.version };
  return withPath(place, chart.chart.replace(/^(?:\.?\/)+|\/+$/g, ''));
}

function helmOptions(
  release: FluxHelmRelease,
  from: {
    readonly composed: Pick<ComposedValues, 'values' | 'parameters'>;
    readonly chart: TemplateChart | SourcePlace | null;
    readonly isInGit: boolean;
  },
): HelmOptions {
  const template = from.chart !== null && 'source' in from.chart ? from.chart : null;
  return {
    releaseName: release.releaseName,
    namespace: release.targetNamespace || null,
    // In a repository they count from its root, in a packed chart from the chart.
    valuesFiles: (template?.valuesFiles ?? []).map((file) =>
      from.isInGit ? `/${file.replace(/^(?:\.?\/)+/, '')}` : file,
    ),
    ignoreMissingValuesFiles: template?.ignoresMissingValuesFiles ?? false,
    values: [from.composed.values],
    parameters: from.composed.parameters,
    fileParameters: [],
    // Where either action takes them in they may be applied.
    skipCrds: release.crds.install === 'Skip' && release.crds.upgrade === 'Skip',
    skipTests: false,
    skipSchemaValidation: !release.schemaValidation.upgrade,
    kubeVersion: null,
    apiVersions: [],
    engine: null,
  };
}
