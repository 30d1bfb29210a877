import { toYaml } from '../../../src/formats/yaml/write.ts';
import { createDeclaredTools, type DeclaredTools } from '../../../src/gitops/declare/index.ts';
import { createRenderers } from '../../../src/gitops/render/index.ts';
import { type ArgoCdKnowledge, nothingKnown } from '../../../src/model/argocd-knowledge.ts';
import type { Declarations } from '../../../src/model/declared.ts';
import { FairleadError } from '../../../src/model/error.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import type { RenderInputs } from '../../../src/model/renderer.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { memoryTree } from '../../support/memory-tree.ts';
import { testDependencies, testInputs } from '../render/support.ts';
import { type CasePlace, type ManifestCase, specOf } from './argocd-manifest-case.ts';
import { signal } from './argocd-support.ts';

/** What is made of an Application here: as Argo CD's answer, or why only we cannot tell. */
export type OwnManifests =
  | { readonly kind: 'objects'; readonly objects: readonly JsonObject[]; readonly findings: readonly Finding[] }
  | { readonly kind: 'refused' | 'incomplete'; readonly message: string };

/** Renders the Applications of cases the whole way, from a file of the repository. */
export interface OwnArgo {
  manifestsOf(one: ManifestCase, name: string, at: CasePlace): Promise<OwnManifests>;
  close(): Promise<void>;
}

/** Where the Application is written: not in the folder of any case, and left out when that is rendered. */
const declaredIn = 'declared/application.yaml';

const inputs: RenderInputs = {
  ...testInputs,
  apiVersions: ['v1', 'v1/Pod', 'v1/ConfigMap', 'apps/v1', 'apps/v1/Deployment'],
};

/** What the Argo CD of the tests is set up with. */
export const asInstalled = async (): Promise<ArgoCdKnowledge> => ({
  ...nothingKnown,
  settings: { kind: 'known', value: {} },
  projects: { kind: 'known', value: new Map() },
});

/** What people have, with nothing to fetch from; `knowledge` of the Argo CD that deploys it. */
export function ownArgo(knowledge: typeof asInstalled | null = null): OwnArgo {
  const renderers = createRenderers(testDependencies());
  const tools = createDeclaredTools({
    renderer: renderers.renderer,
    fetchers: { fetchChart: null, fetchGit: null, fetchFile: null, fetchArtifact: null },
    modules: () => Promise.reject(new Error('no module was expected')),
    ...{ deadlineMs: 30_000, maxMemoryMb: 256, learnSecret: () => undefined, knowledge },
    inputs: async () => inputs,
  });
  return {
    manifestsOf: (one, name, at) => manifestsOf(one, { name, at, tools }),
    close: async () => {
      await Promise.all([tools.close(), renderers.close()]);
    },
  };
}

interface Job {
  readonly name: string;
  readonly at: CasePlace;
  readonly tools: DeclaredTools;
}

async function manifestsOf(one: ManifestCase, { name, at, tools }: Job): Promise<OwnManifests> {
  const metadata = { name, namespace: 'argocd' };
  const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec: specOf(one, at) };
  const own = { urls: [at.repoURL], branch: '', defaultBranch: '' };
  const tree = treeAt({ ...one.files, [declaredIn]: toYaml(object) }, at);
  const found = await tools.declare({ tree, found: [], built: new Set(), own }, signal);
  const [declared] = found.declared;
  if (declared === undefined) return withoutApplication(found);
  const application = { name, root: '', renderer: 'argocd', environment: null, valuesFiles: [], inputs: [] } as const;
  try {
    const files = treeAt(one.files, at);
    const rendered = await tools.renderer('argocd').render({ ...application, declared }, files, inputs, signal);
    const objects = [...rendered.resources, ...rendered.hooks].map((resource) => resource.object);
    return { kind: 'objects', objects, findings: [...found.findings, ...rendered.findings] };
  } catch (fault) {
    if (!(fault instanceof FairleadError)) throw fault;
    const isOurs = ['refused', 'remote-reference'].includes(fault.code);
    return { kind: isOurs ? 'incomplete' : 'refused', message: `${fault.code} ${fault.subject}: ${fault.message}` };
  }
}

/** A commit with these files. */
function treeAt(files: ManifestCase['files'], { targetRevision }: CasePlace): Tree {
  return { ...memoryTree(files), id: targetRevision };
}

function withoutApplication({ findings }: Declarations): OwnManifests {
  const message = findings.map((finding) => `${finding.rule} ${finding.message}`).join('\n');
  return { kind: findings.some(({ rule }) => rule === 'argocd-invalid') ? 'refused' : 'incomplete', message };
}

/**
 * Objects as a comparison looks at them: without what Argo CD tracks them by, in the namespace its controller puts them in, the last
 * of one name only, the values of Secrets hidden, in the order of their names.
 */
export function comparable(objects: readonly JsonObject[], namespace: string): readonly JsonObject[] {
  const settled = objects.map((object) => hideValues(placed(withoutTracking(object), namespace)));
  const last = new Map(settled.map((object, index) => [keyOf(object, index), object]));
  return [...last].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, object]) => object);
}

/** The namespace that an Application's objects go to. */
export function namespaceOf(one: ManifestCase): string {
  const spec = specOf(one, { repoURL: '', targetRevision: '' });
  return pickText(spec, 'destination', 'namespace') ?? inputs.namespace;
}

function keyOf(object: JsonObject, index: number): string {
  const name = pickText(object, 'metadata', 'name') ?? `#${index}`;
  return [pickText(object, 'apiVersion'), object['kind'], pickText(object, 'metadata', 'namespace'), name].join(' ');
}

function withoutTracking(object: JsonObject): JsonObject {
  const { 'argocd.argoproj.io/tracking-id': _id, ...annotations } = objectAt(object, 'metadata', 'annotations');
  const { annotations: _all, ...metadata } = objectAt(object, 'metadata');
  const kept = Object.keys(annotations).length === 0 ? {} : { annotations };
  return { ...object, metadata: { ...metadata, ...kept } };
}

const outside = ['Namespace', 'ClusterRole', 'CustomResourceDefinition'];

function placed(object: JsonObject, fallback: string): JsonObject {
  const { namespace, ...metadata } = objectAt(object, 'metadata');
  if (outside.includes(String(object['kind']))) return { ...object, metadata };
  return { ...object, metadata: { ...metadata, namespace: namespace || fallback } };
}

/** As the API server does: every value is the same text, those of `stringData` in `data`. */
function hideValues(object: JsonObject): JsonObject {
  if (object['kind'] !== 'Secret') return object;
  const { stringData: _texts, ...rest } = object;
  const keys = Object.keys({ ...objectAt(object, 'data'), ...objectAt(object, 'stringData') });
  return { ...rest, data: Object.fromEntries(keys.map((key) => [key, '++++++++'])) };
}

function objectAt(object: JsonObject, ...path: string[]): JsonObject {
  const value: Json | undefined = pick(object, ...path);
  return isJsonObject(value) ? value : {};
}
