import type { Predictor } from '../../src/engines/engine.ts';
import type { PullTools } from '../../src/features/review/pull-tools.ts';
import type { ReviewTools } from '../../src/features/review/request.ts';
import type { ClusterMap } from '../../src/model/cluster-map.ts';
import { noDeclarations } from '../../src/model/declared.ts';
import type { Json } from '../../src/model/json.ts';
import type { Redacted } from '../../src/model/redacted.ts';
import type { Renderer } from '../../src/model/renderer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { Application } from '../../src/model/target.ts';
import type { Forge } from '../../src/world/forge/forge.ts';
import type { Repository } from '../../src/world/git/git.ts';
import type { Store } from '../../src/world/store/store.ts';
import { memoryTree } from './memory-tree.ts';
import { openRedaction } from './open-redaction.ts';

/** What light reviews know of the world. */
export interface LightWorld {
  readonly forge: Forge;
  readonly store: Store;
  readonly now: () => Date;
  /** Left out: as long as it takes. */
  readonly pause?: NonNullable<PullTools['pause']>;
  /** Head of the base branch, as Git would say it now. */
  readonly baseHead: () => Promise<string>;
  /** Waited for where a real review renders. */
  readonly rendering?: () => Promise<void>;
}

/**
 * What the real review of a pull is served with where Git, renders and clusters do not matter: every commit holds one ConfigMap
 * that names it, so a comment shows which base and head it is about.
 */
export function lightPullTools(world: LightWorld): PullTools {
  const { forge, store, now } = world;
  const clusters: ClusterMap = { mode: 'none', bare: null, byEnvironment: new Map() };
  return {
    forge: () => forge,
    mirror: async (repo) =>
      commitsOnly(world.baseHead, async (pull) => (await (await forge.repo(repo)).pull(pull)).head.sha),
    review: reviewTools(now, world.rendering ?? (async () => undefined)),
    settings: async () => ({ settings: defaultSettings, clusters, branch: 'main', commit: 'x', problem: null }),
    judgeSettings: async () => [],
    environment: null,
    store,
    // Nothing in these worlds is secret.
    redact: (text) => text as Redacted,
    onUnreported: () => undefined,
    ...(world.pause === undefined ? {} : { pause: world.pause }),
  };
}

/** What a comment says when it is about this base and this head. */
export function isAbout(body: string, { base, head }: { readonly base: string; readonly head: string }): boolean {
  return body.includes(base) && body.includes(head);
}

const file = 'apps/web/web.yaml';

const application: Application = {
  name: 'apps/web',
  root: 'apps/web',
  renderer: 'plain',
  environment: null,
  valuesFiles: [],
  inputs: ['apps/web/'],
};

/** A repository of commits without history, each of which changes the one file. */
function commitsOnly(baseHead: () => Promise<string>, pullHead: (pull: number) => Promise<string>): Repository {
  const unasked = (what: string) => async (): Promise<never> => {
    throw new Error(`a light review does not ask Git for ${what}`);
  };
  return {
    path: '',
    resolve: async (revision) => {
      const pull = /^refs\/pull\/(\d+)\/head$/.exec(revision)?.[1];
      if (pull !== undefined) return pullHead(Number(pull));
      return revision.startsWith('refs/heads/') ? baseHead() : revision;
    },
    merge: async (_base, head) => ({ kind: 'clean', tree: head }),
    tree: async (revision) => ({ ...memoryTree({ [file]: revision }), id: revision }),
    changedFiles: async (one, other) => (one === other ? [] : [file]),
    fetch: async () => undefined,
    remoteRefs: unasked('branches of a server'),
    close: async () => undefined,
    mergeBase: unasked('a merge base'),
    firstParents: unasked('a line of commits'),
    commitsBetween: unasked('commits'),
    // Branches only move forward here.
    isAncestor: async () => true,
    applyBetween: unasked('an inverse'),
    identity: unasked('its remotes'),
  };
}

function reviewTools(now: () => Date, rendering: () => Promise<void>): ReviewTools {
  const missing = async (): Promise<never> => {
    throw new Error('a light review has no cluster');
  };
  return {
    affected: async () => ({
      environments: [],
      pairs: [{ name: application.name, environment: null, base: application, head: application, reasons: [] }],
      ...{ applications: [application], unownedFiles: [], findings: [], incomplete: null },
    }),
    declare: async () => noDeclarations,
    rendererFor: () => renderer(rendering),
    warm: () => undefined,
    validate: async () => [],
    admit: async () => [],
    findLeaks: async () => [],
    offlineApiVersions: [],
    openCluster: missing,
    capabilitiesOf: () => ({ writesUnasked: false, drift: { settlesMs: 0, remedy: '' } }),
    engineFor: missing,
    gitEngine,
    learnSecret: () => undefined,
    ...openRedaction,
    key: null,
    now,
    progress: () => undefined,
  };
}

function renderer(rendering: () => Promise<void>): Renderer {
  return {
    name: 'plain',
    detects: () => true,
    render: async (_application, tree) => {
      await rendering();
      return { resources: [configMap(tree.id)], hooks: [], findings: [] };
    },
  };
}

function configMap(revision: string): Resource {
  const metadata = { name: 'web', namespace: 'shop' };
  return {
    id: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' },
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { revision } },
    source: { file, line: 1 },
    lines: new Map(),
    random: [],
  };
}

const gitEngine: Predictor = {
  name: 'git',
  manager: 'fairlead',
  predict: async (target, { base, head }) => {
    const paths = [
      { path: ['data', 'revision'], before: revisionOf(base), after: revisionOf(head), cause: 'git' },
    ] as const;
    const resource = configMap('').id;
    const change = { target: target.id, part: 'pull', resource, action: 'update', paths } as const;
    return { changes: [change], findings: [], live: new Map(), error: null };
  },
};

function revisionOf(resources: readonly Resource[] | null): Json {
  const data = resources?.[0]?.object['data'];
  return typeof data === 'object' && data !== null && 'revision' in data ? (data['revision'] ?? null) : null;
}
