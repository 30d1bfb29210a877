import type { DeclaredSource, DirectoryOptions, SourcePlace } from '../../model/declared.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { joinPath } from '../../tools/tree-files.ts';
import { incomplete, invalid } from './document.ts';
import { buildEnvironment, type EnvironmentFacts } from './environment.ts';
import type { Fields } from './fields.ts';
import { type ParseYaml, type References, readHelm } from './helm-options.ts';
import { readKustomize } from './kustomize-options.ts';

/** What a source needs to know of its application. */
export interface SourceContext {
  readonly application: Pick<EnvironmentFacts, 'instanceName' | 'namespace' | 'project'>;
  readonly references: References;
  /** What a place's revision is resolved to, for `$ARGOCD_APP_REVISION`. */
  readonly revisionOf: (place: SourcePlace) => string;
  readonly parseYaml: ParseYaml;
}

/** Reads one source; what Argo CD refuses in it is added to the fields' problems. */
export function readSource(source: Fields, context: SourceContext): DeclaredSource {
  checkRequired(source, context.references);
  const place = readPlace(source);
  const environment = buildEnvironment({
    ...context.application,
    revision: context.revisionOf(place),
    repoURL: source.text('repoURL'),
    path: source.text('path'),
    targetRevision: source.text('targetRevision'),
  });
  checkType(source);
  const helm = source.fields('helm');
  const kustomize = source.fields('kustomize');
  const directory = source.fields('directory');
  return {
    place,
    ref: source.text('ref') || null,
    helm: helm === null ? null : readHelm(helm, environment, context),
    kustomize: kustomize === null ? null : readKustomize(kustomize, environment),
    directory: directory === null ? null : readDirectory(directory),
    plugin: source.fields('plugin')?.text('name') ?? null,
  };
}

/** Where a source's files are. A `ref` without a folder has path ''; one that names the root has `.`. */
export function readPlace(source: Fields): SourcePlace {
  const url = source.text('repoURL');
  const revision = source.text('targetRevision');
  const chart = source.text('chart');
  const path = readPath(source);
  if (url.startsWith('oci://')) return { kind: 'oci', url, revision, path };
  if (chart === '') return { kind: 'git', url, revision, path };
  // Argo CD names registries without a scheme (util/helm `IsHelmOciRepo`).
  const repository = url.includes('://') ? url : `oci://${url}`;
  return { kind: 'chart', repository, name: chart, version: revision };
}

/**
 * A source without options that say nothing, which would otherwise fix its type (Argo CD 3.5, util/argo `NormalizeSource`):
 * with them gone Argo CD looks at the files.
 */
export function normalizeSource(source: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(source).filter(([key, value]) => {
      const silent = silentFields[key];
      return silent === undefined || !isJsonObject(value) || !isSilent(value, silent);
    }),
  );
}

/** Kinds of options that are dropped when empty -> the fields that do not count. */
const silentFields: Readonly<Record<string, readonly string[]>> = {
  helm: [],
  kustomize: [
    'forceCommonLabels',
    'forceCommonAnnotations',
    'commonAnnotationsEnvsubst',
    'labelWithoutSelector',
    'labelIncludeTemplates',
  ],
  directory: [],
};

function isSilent(options: JsonObject, ignored: readonly string[]): boolean {
  return Object.entries(options).every(([key, value]) => ignored.includes(key) || isZero(key, value));
}

function isZero(key: string, value: Json): boolean {
  if (value === null || value === '' || value === false) return true;
  if (isJsonList(value)) return value.length === 0;
  // Values that are an empty object still count.
  return key !== 'valuesObject' && isJsonObject(value) && Object.values(value).every((item) => isZero('', item));
}

function checkRequired(source: Fields, { isMultiple }: References): void {
  const isGiven = (key: string) => source.has(key) && source.value[key] !== '';
  const isEnough = isGiven('path') || isGiven('chart') || (isMultiple && isGiven('ref'));
  if (!isGiven('repoURL') || !isEnough) source.problems.push(invalid(source.pointer(), required(isMultiple)));
  else if (isGiven('chart') && !isGiven('targetRevision')) {
    const message = 'spec.source.targetRevision is required if the manifest source is a helm chart';
    source.problems.push(invalid(source.pointer('chart'), message, 'Write the version of the chart.'));
  }
}

function required(isMultiple: boolean): string {
  return isMultiple
    ? 'spec.source.repoURL and either source.path, source.chart, or source.ref are required'
    : 'spec.source.repoURL and either spec.source.path or spec.source.chart are required';
}

function readPath(source: Fields): string {
  const path = source.text('path');
  const refuse = (why: string) => {
    source.problems.push(invalid(source.pointer('path'), `${path}: ${why}`));
    return '';
  };
  if (path.startsWith('/')) return refuse('app path is absolute');
  const joined = joinPath('', path) ?? refuse('app path outside root');
  return joined === '' && path !== '' && source.text('ref') !== '' ? '.' : joined;
}

function checkType(source: Fields): void {
  const types = [
    ['kustomize', 'Kustomize'],
    ['helm', 'Helm'],
    ['directory', 'Directory'],
    ['plugin', 'Plugin'],
  ] as const;
  const found = types.filter(([key]) => source.has(key));
  if (found.length < 2) return;
  const names = found.map(([, name]) => name).join(',');
  source.problems.push(invalid(source.pointer(found[1]?.[0] ?? ''), `multiple application sources defined: ${names}`));
}

function readDirectory(directory: Fields): DirectoryOptions {
  const jsonnet = directory.json('jsonnet');
  if (jsonnet !== null && !isZero('', jsonnet)) {
    const message = `${directory.name('jsonnet')} asks for jsonnet, which is not evaluated here; the application is not rendered`;
    directory.problems.push(incomplete(directory.pointer('jsonnet'), message, 'Commit what the jsonnet evaluates to.'));
  }
  return {
    recurse: directory.flag('recurse'),
    include: directory.text('include'),
    exclude: directory.text('exclude'),
  };
}
