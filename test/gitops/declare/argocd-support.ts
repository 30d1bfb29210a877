import { join } from 'node:path';
import { followsBranch, isThisRepository } from '../../../src/formats/repository-url.ts';
import { locateModule } from '../../../src/formats/wasm/locate-module.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { type Declared, declareArgo } from '../../../src/gitops/declare/argocd.ts';
import { createGoTemplates, type GoTemplates } from '../../../src/gitops/declare/argocd-go-templates.ts';

import { argoCdItself } from '../../../src/gitops/declare/argocd-itself.ts';

import type { ArgoWorld } from '../../../src/gitops/declare/argocd-world.ts';
import { type KnownCluster, nothingKnown } from '../../../src/model/argocd-knowledge.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { cacheDir } from '../../control-plane/go-program.ts';
import { memoryTree } from '../../support/memory-tree.ts';

export const { signal } = new AbortController();

/** Go templates of this checkout's module, built when the cache lacks it. */
export function testGoTemplates(deadlineMs = 30_000): GoTemplates {
  const sourceDir = join(import.meta.dirname, '../../../wasm');
  const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
  const options = { cacheDir: cacheDir(), builtDir: null, sourceDir, onProgress, env: process.env };
  return createGoTemplates({
    locate: (aborted) => locateModule('gotemplate', options, aborted),
    deadlineMs,
    maxMemoryMb: 256,
  });
}

/** Go templates where a test needs none. */
export const noGoTemplates: GoTemplates = {
  engine: () => {
    throw new Error('no Go template was expected');
  },
  close: async () => undefined,
};

/** The address of the repository that tests declare applications in. */
export const ownUrl = 'https://github.com/acme/fleet.git';

export function cluster(name: string, labels: Readonly<Record<string, string>> = {}): KnownCluster {
  return { secret: `cluster-${name}`, name, server: `https://${name}.example`, project: '', labels, annotations: {} };
}

/** Changes of a world; clusters are null where they are not known. */
type Changes = Partial<Omit<ArgoWorld, 'treeOf' | 'clusters'>> & { readonly clusters?: readonly KnownCluster[] | null };

/** A world in which the tree of the files is what `main`, the default branch, has. */
export function testWorld(
  files: Readonly<Record<string, string>>,
  { clusters = [], ...changes }: Changes = {},
): ArgoWorld {
  const tree = memoryTree(files);
  const treeOf: ArgoWorld['treeOf'] = async ({ url, revision }) => {
    return isThisRepository(url, [ownUrl]) && followsBranch(revision, 'main', 'main') ? tree : null;
  };
  return {
    ...{ controllerNamespace: 'argocd', treeOf, fetchTree: treeOf },
    revisionOf: () => 'cafe0000',
    clusters: clusters === null ? nothingKnown.clusters : { kind: 'known', value: clusters },
    itself: argoCdItself(null, undefined),
    goTemplates: noGoTemplates,
    fileGlobbing: 'pathspec',
    maxApplications: 100,
    ...changes,
  };
}

/** The objects of a text, as if it were a file. */
export function objectsOf(text: string, file = 'sets/set.yaml'): readonly Resource[] {
  return decodeManifests({ file, bytes: new TextEncoder().encode(text) }).resources;
}

/** An ApplicationSet of these lines as its `spec`. */
export function applicationSet(spec: string): readonly Resource[] {
  const lines = spec.replaceAll(/^(?=.)/gm, '  ');
  return objectsOf(
    `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set, namespace: argocd}\nspec:\n${lines}\n`,
  );
}

export function declareSet(spec: string, world: ArgoWorld): Promise<Declared> {
  return declareArgo(applicationSet(spec), { via: [], declaredAt: null }, world, signal);
}

/** `name -> cluster/namespace path@revision` of every application, or what is wrong with the set. */
export function summary({ applications, findings }: Declared): readonly string[] {
  return [
    ...applications.map(({ name, destination, sources }) => {
      const { server, cluster: named, namespace } = destination;
      const places = sources.map(({ place }) => {
        return place.kind === 'chart' ? `${place.name}@${place.version}` : `${place.path}@${place.revision}`;
      });
      return `${name} -> ${named ?? server}/${namespace} ${places.join(' ')}`;
    }),
    ...findings.map(({ rule, line, message }) => `${rule}:${line} ${message}`),
  ];
}

/** A template that shows parameters as an application's name and place. */
export function template(name: string, path = 'apps', destination = 'name: c'): string {
  return `template:
  metadata: {name: '${name}'}
  spec:
    project: default
    source: {repoURL: https://a.example/other, targetRevision: HEAD, path: '${path}'}
    destination: {${destination}, namespace: ns}
`;
}

/** `summary` of an ApplicationSet with these lines. */
export async function generated(spec: string, world: ArgoWorld = testWorld({})): Promise<readonly string[]> {
  return summary(await declareSet(spec, world));
}
