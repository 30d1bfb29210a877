import type { Decoded } from '../../formats/yaml/decode.ts';
import type { DecodeInput } from '../../formats/yaml/read.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Renderer } from '../../model/renderer.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { treeFiles } from '../../tools/tree-files.ts';
import { assign } from './assign.ts';
import type { Decoder } from './decoder.ts';
import { linkRefusal } from './refuse.ts';

/**
 * Reads the manifests an application names among its inputs; where it names none, its folder's own, as
 * `kubectl apply -f FOLDER` does, or the one file that its root is.
 */
export function createPlainRenderer(decoder: Decoder): Renderer {
  const begun = new WeakMap<Tree, Map<string, Promise<readonly Decoded[]>>>();
  const begunIn = (tree: Tree) => {
    const known = begun.get(tree) ?? new Map<string, Promise<readonly Decoded[]>>();
    begun.set(tree, known);
    return known;
  };
  return {
    name: 'plain',
    detects: (files) => files.some(isManifestName),
    prepare: async (application, tree, signal) => {
      const files = read(application, tree, signal);
      const decoding = files.then((all) => decoder.decode(all, signal));
      decoding.catch(() => undefined); // told by the render that takes it
      begunIn(tree).set(keyOf(application), decoding);
      // What decodes has them then, and needs this thread no more.
      await files.catch(() => undefined);
    },
    render: async (application, tree, inputs, signal) => {
      const key = keyOf(application);
      const prepared = begunIn(tree).get(key);
      begunIn(tree).delete(key);
      const decoded = await (prepared ?? decoder.decode(await read(application, tree, signal), signal));
      const resources = assign(
        decoded.flatMap((file) => file.resources),
        inputs,
      );
      return { resources, hooks: [], findings: decoded.flatMap(findingsOf) };
    },
  };
}

function keyOf({ root, inputs }: Application): string {
  return JSON.stringify([root, inputs]);
}

async function read({ root, inputs }: Application, tree: Tree, signal: AbortSignal): Promise<readonly DecodeInput[]> {
  const named = inputs.filter((input) => !input.endsWith('/'));
  const paths = named.length > 0 ? await namedPaths(named, tree, signal) : await manifestPaths(root, tree, signal);
  const contents = await tree.read([...new Set(paths.map(({ real }) => real))], signal);
  return paths.map(({ path, real }) => ({ file: path, bytes: contents.get(real) ?? new Uint8Array() }));
}

function isManifestName(name: string): boolean {
  return /\.(?:ya?ml|json)$/.test(name) && !name.startsWith('.');
}

interface ManifestPath {
  readonly path: string;
  /** Where it is once links are followed. */
  readonly real: string;
}

/** Links are followed inside the repository, as kubectl follows them. */
async function namedPaths(named: readonly string[], tree: Tree, signal: AbortSignal): Promise<readonly ManifestPath[]> {
  const index = treeFiles(tree);
  const paths: ManifestPath[] = [];
  for (const path of named) {
    const place = await index.resolve(path, signal);
    if (place.kind === 'outside') throw linkRefusal(path);
    paths.push({ path, real: place.path });
  }
  return paths;
}

async function manifestPaths(root: string, tree: Tree, signal: AbortSignal): Promise<readonly ManifestPath[]> {
  const index = treeFiles(tree);
  const found = await index.resolve(root, signal);
  if (found.kind === 'outside') throw linkRefusal(root);
  if (found.kind === 'file') return [{ path: root, real: found.path }];
  if (found.kind !== 'folder') throw missingError(root);
  const paths: ManifestPath[] = [];
  for (const name of index.list(found.path).filter(isManifestName)) {
    const path = root === '' ? name : `${root}/${name}`;
    const file = await index.resolve(path, signal);
    if (file.kind === 'outside') throw linkRefusal(path);
    if (file.kind === 'file') paths.push({ path, real: file.path });
  }
  return paths;
}

/** kubectl refuses documents without apiVersion and kind; JSON files are often something else altogether. */
function findingsOf(decoded: Decoded): readonly Finding[] {
  const strange = decoded.other.filter(({ file }) => !file.endsWith('.json'));
  return [
    ...decoded.findings,
    ...strange.map(
      ({ file, line }): Finding => ({
        rule: 'not-a-resource',
        severity: 'caution',
        target: null,
        resource: null,
        file,
        line,
        message: 'The document has no apiVersion or no kind, so it is no Kubernetes object and is left out.',
        fix: 'Complete it, or move it out of the folder of manifests.',
      }),
    ),
  ];
}

function missingError(root: string): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `${root} is not in the repository.`,
    subject: root,
    remedy: 'Name a folder or file of the repository.',
  });
}
