import type { DeclaredApplication, DeclaredSource, SourcePlace } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { type ArgoDocument, findingOf, incompleteRule, invalid, invalidRule, type Problem } from './document.ts';
import { Fields } from './fields.ts';
import type { ParseYaml, References } from './helm-options.ts';
import { normalizeSource, readPlace, readSource, type SourceContext } from './source.ts';
import { overlayOptions } from './source-overlay.ts';

/** What reading an Application depends on beside the object. */
export interface ArgoReading {
  /** Namespace of Argo CD itself: an Application elsewhere is named `namespace_name`. */
  readonly controllerNamespace: string;
  /** What a place's revision is resolved to, for `$ARGOCD_APP_REVISION`; a commit id with Git. */
  readonly revisionOf: (place: SourcePlace) => string;
  /** With `spec.sourceHydrator`: the files it starts from, or the written ones that Argo CD applies. */
  readonly hydrator: 'dry' | 'sync';
  /** The first document of a YAML text; throws `FairleadError` `decode-failed`. */
  readonly parseYaml: ParseYaml;
}

/** What became of an object. */
export interface ApplicationReading {
  /** Null where Argo CD would refuse it, or where it cannot be rendered at all: the findings say which. */
  readonly application: DeclaredApplication | null;
  readonly findings: readonly Finding[];
}

/**
 * Reads an Application of argoproj.io/v1alpha1 as Argo CD 3.5 does. What its API server or controller would refuse is a finding
 * of rule `argocd-invalid` with the line, in its words; what only we cannot do is one of rule `argocd-incomplete`.
 */
export function readArgoApplication(document: ArgoDocument, reading: ArgoReading): ApplicationReading {
  const problems: Problem[] = [];
  const spec = openSpec(document, problems);
  const application = spec === null ? null : declare({ document, reading, spec });
  return settle(document, application, problems);
}

/**
 * An application whose source at `index` has overrides merged into it, in order: `.argocd-source.yaml`, then
 * `.argocd-source-NAME.yaml` of the source's folder (reposerver/repository `mergeSourceParameters`). They change options only,
 * never where the files are.
 */
export function overrideSource(
  application: DeclaredApplication,
  document: ArgoDocument,
  override: { readonly index: number; readonly merges: readonly JsonObject[]; readonly reading: ArgoReading },
): ApplicationReading {
  const problems: Problem[] = [];
  const spec = openSpec(document, problems);
  const source = spec === null ? undefined : sourcesOf(spec, override.reading)[override.index];
  if (spec === null || source === undefined) return settle(document, application, problems);
  const merged = override.merges.reduce(overlayOptions, source.value);
  const changed = readSource(new Fields(merged, source.path, problems), contextOf(spec, document, override.reading));
  const sources = application.sources.map((one, index) => (index === override.index ? changed : one));
  return settle(document, { ...application, sources }, problems);
}

/** Argo CD's name of an application within its labels and file names: with its namespace where that is not Argo CD's own. */
export function instanceName({ id }: Pick<ArgoDocument, 'id'>, { controllerNamespace }: ArgoReading): string {
  const { namespace, name } = id;
  return namespace === null || namespace === controllerNamespace ? name : `${namespace}_${name}`;
}

/** Where the files are that a hydrator starts from; null without a hydrator. */
export function dryPlaceOf(document: ArgoDocument): SourcePlace | null {
  const dry = openSpec(document, [])?.fields('sourceHydrator')?.fields('drySource');
  return dry === undefined || dry === null ? null : readPlace(dry);
}

function settle(
  document: ArgoDocument,
  application: DeclaredApplication | null,
  problems: readonly Problem[],
): ApplicationReading {
  // A field is read by all who need it, and may be told of more than once.
  const once = new Map(problems.map((problem) => [`${problem.pointer} ${problem.message}`, problem]));
  const findings = [...once.values()].map((problem) => findingOf(document, problem));
  const isRefused = problems.some(({ rule }) => rule === invalidRule || rule === incompleteRule);
  return { application: isRefused ? null : application, findings };
}

function openSpec(document: ArgoDocument, problems: Problem[]): Fields | null {
  const root = new Fields(document.object, [], problems);
  if (document.id.name === '') problems.push(invalid('/metadata/name', 'metadata.name: Required value'));
  root.require('spec');
  return root.fields('spec');
}

interface Opened {
  readonly document: ArgoDocument;
  readonly reading: ArgoReading;
  readonly spec: Fields;
}

function declare({ document, reading, spec }: Opened): DeclaredApplication {
  spec.require('destination', 'project');
  const context = contextOf(spec, document, reading);
  return {
    kind: 'argocd-application',
    name: document.id.name,
    namespace: document.id.namespace,
    project: context.application.project,
    destination: readDestination(spec),
    sources: readSources(spec, context, reading),
    syncOptions: spec.fields('syncPolicy')?.texts('syncOptions') ?? [],
    ignoreDifferences: spec.items('ignoreDifferences').map(({ value }) => value),
    object: document.object,
    declaredAt: document.source,
    via: [],
    hints: [],
  };
}

function contextOf(spec: Fields, document: ArgoDocument, reading: ArgoReading): SourceContext {
  const sources = sourcesOf(spec, reading);
  return {
    application: {
      instanceName: instanceName(document, reading),
      namespace: spec.fields('destination')?.text('namespace') ?? '',
      project: spec.text('project') || 'default',
    },
    references: referencesOf(sources, !spec.has('sourceHydrator') && spec.items('sources').length > 0),
    revisionOf: reading.revisionOf,
    parseYaml: reading.parseYaml,
  };
}

function readDestination(spec: Fields): DeclaredApplication['destination'] {
  const destination = spec.fields('destination');
  if (destination === null) return { server: null, cluster: null, namespace: null };
  const [server, cluster] = [destination.text('server'), destination.text('name')];
  if (server !== '' && cluster !== '') {
    const message = `application destination can't have both name and server defined: ${cluster} ${server}`;
    spec.problems.push(invalid(destination.pointer('name'), message, 'Keep one of them.'));
  }
  if (server === '' && cluster === '') {
    const fix = 'Name the cluster by server or name.';
    spec.problems.push(invalid(destination.pointer(), 'Destination server missing from app spec', fix));
  }
  return {
    server: server.replace(/\/+$/, '') || null,
    cluster: cluster || null,
    namespace: destination.text('namespace') || null,
  };
}

function readSources(spec: Fields, context: SourceContext, reading: ArgoReading): readonly DeclaredSource[] {
  const hydrator = spec.fields('sourceHydrator');
  if (hydrator !== null) checkHydrator(hydrator);
  const sources = sourcesOf(spec, reading);
  if (sources.length === 0) {
    const message = 'spec.source.repoURL and either spec.source.path or spec.source.chart are required';
    spec.problems.push(invalid(spec.pointer(), message));
  }
  checkReferences(sources, spec.problems);
  return sources.map((source) => readSource(source, context));
}

/** `spec.sourceHydrator`, else `spec.sources`, else `spec.source` (`ApplicationSpec.GetSources`). */
function sourcesOf(spec: Fields, { hydrator: side }: ArgoReading): readonly Fields[] {
  const normal = ({ value, path }: Fields) => new Fields(normalizeSource(value), path, spec.problems);
  const hydrator = spec.fields('sourceHydrator');
  if (hydrator !== null) {
    const source = side === 'dry' ? hydrator.fields('drySource') : syncSourceOf(hydrator);
    return source === null ? [] : [normal(source)];
  }
  const sources = spec.items('sources');
  if (sources.length > 0) return sources.map(normal);
  const source = spec.fields('source');
  return source === null ? [] : [normal(source)];
}

function syncSourceOf(hydrator: Fields): Fields | null {
  const sync = hydrator.fields('syncSource');
  if (sync === null) return null;
  const repoURL = sync.text('repoURL') || (hydrator.fields('drySource')?.text('repoURL') ?? '');
  const value = { repoURL, path: sync.text('path'), targetRevision: sync.text('targetBranch') };
  return new Fields(value, sync.path, hydrator.problems);
}

function checkHydrator(hydrator: Fields): void {
  const needed = [
    ['drySource', 'repoURL'],
    ['syncSource', 'targetBranch'],
  ] as const;
  for (const [key, field] of needed) {
    if ((hydrator.fields(key)?.text(field) ?? '') !== '') continue;
    hydrator.problems.push(invalid(hydrator.pointer(key), `spec.sourceHydrator.${key}.${field} is required`));
  }
  const target = hydrator.fields('hydrateTo');
  if (target === null || target.text('targetBranch') !== '') return;
  const message = 'when spec.sourceHydrator.hydrateTo is set, spec.sourceHydrator.hydrateTo.targetBranch is required';
  hydrator.problems.push(invalid(target.pointer(), message));
}

function referencesOf(sources: readonly Fields[], isMultiple: boolean): References {
  return { names: new Set(sources.map((source) => source.text('ref')).filter((name) => name !== '')), isMultiple };
}

function checkReferences(sources: readonly Fields[], problems: Problem[]): void {
  const seen = new Set<string>();
  for (const source of sources) {
    const ref = source.text('ref');
    if (ref === '') continue;
    if (!/^[a-zA-Z0-9_-]+$/.test(ref)) {
      const message = `sources.ref ${ref} cannot contain any special characters except '_' and '-'`;
      problems.push(invalid(source.pointer('ref'), message));
    }
    if (seen.has(ref)) {
      problems.push(invalid(source.pointer('ref'), 'invalid sources: multiple sources had the same `ref` key'));
    }
    seen.add(ref);
  }
}
