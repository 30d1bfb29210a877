import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';

/** The type of Argo CD's Application objects. */
export const applicationType = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Application' } as const;

/** One place an Application takes manifests from. */
export interface AppSource {
  readonly repoUrl: string;
  /** Folder in the repository, without slashes at its ends; '' is the root; null for a chart repository or a `ref` source. */
  readonly path: string | null;
  /** '' when none is given, which means HEAD. */
  readonly revision: string;
  /** Name under which other sources take value files from this one; null when it has none. */
  readonly ref: string | null;
  /** Whether folders below `path` are read too (plain manifests only). */
  readonly recurses: boolean;
  readonly valueFiles: readonly string[];
  /** All that decides how it is rendered: the source itself but for its revision. */
  readonly rendering: JsonObject;
}

/** What Argo CD says of one object of an Application. */
export interface AppResource {
  readonly id: ResourceId;
  readonly isSynced: boolean;
  /** Whether Git has it no more. */
  readonly requiresPruning: boolean;
  readonly isHook: boolean;
  /** '' where Argo CD keeps it elsewhere, as it does by default since version 3. */
  readonly health: AppHealth;
}

/** Argo CD's word: Healthy, Progressing, Degraded, Suspended, Missing or Unknown. */
export interface AppHealth {
  readonly status: string;
  readonly message: string | null;
}

/** A sync, wanted, running or ended. */
export interface AppOperation {
  /** Running, Terminating, Succeeded, Failed or Error; Pending when no controller took it up yet. */
  readonly phase: string;
  readonly message: string;
  readonly info: ReadonlyMap<string, string>;
  readonly finishedAt: string | null;
  /** Revisions in the order of the sources; empty before they are known. */
  readonly revisions: readonly string[];
  readonly results: readonly OperationResult[];
}

/** How one object fared in a sync. */
export interface OperationResult {
  readonly id: ResourceId;
  /** Synced, SyncFailed, Pruned or PruneSkipped; '' for hooks. */
  readonly status: string;
  readonly message: string;
  readonly isHook: boolean;
  readonly hookPhase: string;
}

/** An Application as the engine needs it; `object` is the rest. */
export interface ArgoApplication {
  readonly object: JsonObject;
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly annotations: ReadonlyMap<string, string>;
  readonly isBeingDeleted: boolean;
  /** Whether a hydrator writes what is synced to a branch of its own, so that its revisions are not commits of ours. */
  readonly isHydrated: boolean;
  readonly hasManySources: boolean;
  readonly sources: readonly AppSource[];
  readonly destination: {
    readonly server: string | null;
    readonly name: string | null;
    readonly namespace: string | null;
  };
  readonly syncsItself: boolean;
  /** Whether its automated sync deletes what Git has no more. */
  readonly prunesItself: boolean;
  /** Synced, OutOfSync or Unknown. */
  readonly sync: string;
  /** Revisions last compared, in the order of the sources. */
  readonly revisions: readonly string[];
  readonly health: AppHealth;
  readonly reconciledAt: string | null;
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  readonly resources: readonly AppResource[];
  /** The sync that is wanted but not begun, else the running or last one; null when there was none. */
  readonly operation: AppOperation | null;
  /** Revisions of the last sync that succeeded; empty when none did. */
  readonly lastSynced: readonly string[];
}

/** Reads an Application object; what is missing becomes empty. */
export function readApplication(object: JsonObject): ArgoApplication {
  const sources = list(object, 'spec', 'sources');
  const drySource = pick(object, 'spec', 'sourceHydrator', 'drySource');
  const one = drySource ?? pick(object, 'spec', 'source');
  const automated = pick(object, 'spec', 'syncPolicy', 'automated');
  return {
    object,
    namespace: text(object, 'metadata', 'namespace'),
    name: text(object, 'metadata', 'name'),
    resourceVersion: text(object, 'metadata', 'resourceVersion'),
    annotations: textMap(pick(object, 'metadata', 'annotations')),
    isBeingDeleted: pickText(object, 'metadata', 'deletionTimestamp') !== undefined,
    isHydrated: isJsonObject(drySource),
    hasManySources: sources.length > 0,
    sources: (sources.length > 0 ? sources : isJsonObject(one) ? [one] : []).map(readSource),
    destination: {
      server: pickText(object, 'spec', 'destination', 'server') || null,
      name: pickText(object, 'spec', 'destination', 'name') || null,
      namespace: pickText(object, 'spec', 'destination', 'namespace') || null,
    },
    syncsItself: isJsonObject(automated) && automated['enabled'] !== false,
    prunesItself: pick(automated, 'prune') === true,
    sync: pickText(object, 'status', 'sync', 'status') ?? 'Unknown',
    revisions: revisionsOf(pick(object, 'status', 'sync')),
    health: readHealth(pick(object, 'status')),
    reconciledAt: pickText(object, 'status', 'reconciledAt') ?? null,
    conditions: list(object, 'status', 'conditions').map((one) => ({
      type: text(one, 'type'),
      message: text(one, 'message'),
    })),
    resources: list(object, 'status', 'resources').map(readResource),
    operation: readOperation(object),
    lastSynced: revisionsOf(list(object, 'status', 'history').at(-1)),
  };
}

function readSource(source: JsonObject): AppSource {
  const path = pickText(source, 'path');
  const { targetRevision: _, ...rendering } = source;
  return {
    repoUrl: text(source, 'repoURL'),
    path: path === undefined || pickText(source, 'chart') ? null : trimPath(path),
    revision: text(source, 'targetRevision'),
    ref: pickText(source, 'ref') || null,
    recurses: pick(source, 'directory', 'recurse') === true,
    valueFiles: (asList(pick(source, 'helm', 'valueFiles')) ?? []).filter((file) => typeof file === 'string'),
    rendering,
  };
}

/** A folder of a repository without `./`, and without slashes at its ends. */
export function trimPath(path: string): string {
  return path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
}

function readResource(resource: JsonObject): AppResource {
  return {
    id: idOf(resource),
    isSynced: text(resource, 'status') === 'Synced',
    requiresPruning: resource['requiresPruning'] === true,
    isHook: resource['hook'] === true,
    health: readHealth(resource),
  };
}

function readHealth(holder: Json | undefined): AppHealth {
  return { status: text(holder, 'health', 'status'), message: pickText(holder, 'health', 'message') ?? null };
}

function readOperation(object: JsonObject): AppOperation | null {
  const [wanted, state] = [pick(object, 'operation'), pick(object, 'status', 'operationState')];
  // The controller takes `operation` away when it ends, so beside an ended state it is a new one.
  if (isJsonObject(state) && !(isJsonObject(wanted) && hasEnded(text(state, 'phase')))) {
    const result = pick(state, 'syncResult');
    return {
      phase: text(state, 'phase'),
      message: text(state, 'message'),
      info: infoOf(pick(state, 'operation')),
      finishedAt: pickText(state, 'finishedAt') ?? null,
      revisions: revisionsOf(result),
      results: list(result, 'resources').map(readResult),
    };
  }
  if (!isJsonObject(wanted)) return null;
  return { phase: 'Pending', message: '', info: infoOf(wanted), finishedAt: null, revisions: [], results: [] };
}

/** Whether a phase is one after which nothing happens any more. */
export function hasEnded(phase: string): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error';
}

function readResult(result: JsonObject): OperationResult {
  return {
    id: idOf(result),
    status: text(result, 'status'),
    message: text(result, 'message'),
    isHook: text(result, 'hookType') !== '',
    hookPhase: text(result, 'hookPhase'),
  };
}

function idOf(object: JsonObject): ResourceId {
  return {
    group: text(object, 'group'),
    version: text(object, 'version'),
    kind: text(object, 'kind'),
    namespace: pickText(object, 'namespace') || null,
    name: text(object, 'name'),
  };
}

function infoOf(operation: Json | undefined): ReadonlyMap<string, string> {
  return new Map(list(operation, 'info').map((one) => [text(one, 'name'), text(one, 'value')]));
}

function revisionsOf(status: Json | undefined): readonly string[] {
  const many = (asList(pick(status, 'revisions')) ?? []).filter((one) => typeof one === 'string');
  const one = pickText(status, 'revision');
  return many.length > 0 ? many : one ? [one] : [];
}

function textMap(value: Json | undefined): ReadonlyMap<string, string> {
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  return new Map(entries.flatMap(([key, one]) => (typeof one === 'string' ? [[key, one] as const] : [])));
}

function list(value: Json | undefined, ...keys: readonly string[]): readonly JsonObject[] {
  return (asList(pick(value, ...keys)) ?? []).filter(isJsonObject);
}

function asList(value: Json | undefined): readonly Json[] | null {
  return isJsonList(value) ? value : null;
}

function text(value: Json | undefined, ...keys: readonly string[]): string {
  return pickText(value, ...keys) ?? '';
}
