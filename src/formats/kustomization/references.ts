import { isJsonList, isJsonObject, type Json, pick, pickText } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';

/**
 * What a kustomization names. `resource`: a file or another kustomization's folder; `file`: a file; `config`: a file, folder
 * or inline text that configures a generator, transformer or validator; `chart`: a Helm chart to inflate.
 */
export interface Reference {
  readonly kind: 'resource' | 'file' | 'config' | 'chart';
  /** As written; for a chart its name. */
  readonly text: string;
  /** JSON pointer in the document. */
  readonly pointer: string;
  /** What kind `chart` names, and only that. */
  readonly chart?: ChartReference;
}

/** A chart that kustomize inflates (types.HelmChart, HelmGlobals): one that lies below its home is taken from there. */
export interface ChartReference {
  readonly name: string;
  /** '' for a chart that must be local. */
  readonly repo: string;
  /** '' for the latest. */
  readonly version: string;
  /** Folder that holds the chart's, relative to the kustomization. */
  readonly home: string;
  /** Null: the chart's own values.yaml. */
  readonly valuesFile: string | null;
  readonly additionalValuesFiles: readonly string[];
}

/** Everything a kustomization file names, by the fields of kustomize's `types.Kustomization` (v0.21), deprecated ones too. */
export function kustomizationReferences(value: Json): readonly Reference[] {
  return [
    ...texts(value, 'resource', 'resources', 'bases', 'components'),
    ...texts(value, 'file', 'crds', 'configurations'),
    ...texts(value, 'config', 'generators', 'transformers', 'validators'),
    ...texts(value, 'file', 'patchesStrategicMerge').filter(({ text }) => !isInline(text)),
    ...patchFiles(value),
    ...items(value, 'configMapGenerator', 'secretGenerator').flatMap(generatorFiles),
    ...text(value, ['openapi', 'path'], 'file'),
    ...items(value, 'helmCharts').map((item) => chart(item, pickText(value, 'helmGlobals', 'chartHome'))),
    ...oldCharts(items(value, 'helmChartInflationGenerator')),
  ];
}

/** What the configuration of one of kustomize's own generators, transformers or validators names. */
export function configReferences(value: Json): readonly Reference[] {
  if (pickText(value, 'kind') === 'HelmChartInflationGenerator') {
    return [chart({ value, pointer: '' }, pickText(value, 'chartHome'))];
  }
  return [
    ...text(value, ['path'], 'file'),
    ...texts(value, 'file', 'paths').filter((reference) => !isInline(reference.text)),
    ...items(value, 'replacements').flatMap((item) => text(item.value, ['path'], 'file', item.pointer)),
    ...generatorFiles({ value, pointer: '' }),
  ];
}

/** Whether a text is YAML itself rather than the name of a file. */
export function isInline(reference: string): boolean {
  return reference.includes('\n') || reference.trimStart().startsWith('{');
}

interface Item {
  readonly value: Json;
  readonly pointer: string;
}

function patchFiles(value: Json): readonly Reference[] {
  return items(value, 'patches', 'patchesJson6902', 'replacements').flatMap((item) =>
    text(item.value, ['path'], 'file', item.pointer),
  );
}

function generatorFiles({ value, pointer }: Item): readonly Reference[] {
  const files = texts(value, 'file', 'files').map((reference) => ({ ...reference, text: afterKey(reference.text) }));
  return [...files, ...texts(value, 'file', 'envs'), ...text(value, ['env'], 'file')].map((reference) => ({
    ...reference,
    pointer: pointer + reference.pointer,
  }));
}

/** `key=path` names the key the file's content gets. */
function afterKey(file: string): string {
  return file.slice(file.indexOf('=') + 1);
}

function chart({ value, pointer }: Item, chartHome: string | undefined): Reference {
  const text = (...names: readonly string[]) => names.map((name) => pickText(value, name)).find(Boolean) ?? '';
  const name = text('name', 'chartName');
  const repo = text('repo', 'chartRepoUrl');
  const version = text('version', 'chartVersion');
  const base = chartHome || 'charts';
  const more = pick(value, 'additionalValuesFiles');
  return {
    kind: 'chart',
    text: repo === '' ? name : `${name} from ${repo}`,
    pointer,
    chart: {
      name,
      repo,
      version,
      home: version !== '' && repo !== '' ? `${base}/${name}-${version}` : base,
      valuesFile: text('valuesFile', 'values') || null,
      additionalValuesFiles: isJsonList(more) ? more.filter((file) => typeof file === 'string') : [],
    },
  };
}

/** Of the field's old form the last home counts for all (types.SplitHelmParameters). */
function oldCharts(old: readonly Item[]): readonly Reference[] {
  const homes = old.map((item) => pickText(item.value, 'chartHome')).filter(Boolean);
  return old.map((item) => chart(item, homes.at(-1)));
}

function texts(value: Json, kind: Reference['kind'], ...fields: readonly string[]): readonly Reference[] {
  return items(value, ...fields).flatMap((item) =>
    typeof item.value === 'string' ? [{ kind, text: item.value, pointer: item.pointer }] : [],
  );
}

function text(value: Json, path: readonly string[], kind: Reference['kind'], above = ''): readonly Reference[] {
  const found = pickText(value, ...path);
  return found === undefined ? [] : [{ kind, text: found, pointer: above + formatPointer(path) }];
}

function items(value: Json, ...fields: readonly string[]): readonly Item[] {
  if (!isJsonObject(value)) return [];
  return fields.flatMap((field) => {
    const list = pick(value, field);
    return isJsonList(list) ? list.map((item, index) => ({ value: item, pointer: formatPointer([field, index]) })) : [];
  });
}
