import { createHash } from 'node:crypto';
import {
  type KustomizeInputs,
  kustomizationNames,
  kustomizeInputs,
} from '../../formats/kustomization/kustomize-inputs.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { assign } from './assign.ts';
import type { RenderDependencies } from './dependencies.ts';
import { parseExactJson } from './exact-json.ts';
import { createModulePool } from './module-pool.ts';
import { findSources } from './provenance.ts';
import { refuseForbidden } from './refuse.ts';
import { refuseRemote } from './remote.ts';
import { createRenderCache } from './render-cache.ts';
import type { Rendered, Renderer, RenderInputs } from './renderer.ts';

/** A renderer that holds threads until it is closed; `warm` starts them ahead of the first render. */
export type ClosableRenderer = Renderer & { warm(): void; close(): Promise<void> };

const CACHE_CHARACTERS = 32 * 1024 * 1024;

/** Renders kustomizations with kustomize's own library, as `kustomize build` does with its default restrictions. */
export function createKustomizeRenderer(dependencies: RenderDependencies): ClosableRenderer {
  const pool = createModulePool('kustomize', dependencies);
  const cache = createRenderCache(CACHE_CHARACTERS);

  async function build(root: string, files: Files, signal: AbortSignal): Promise<string> {
    const known = cache.get(files.key);
    if (known !== undefined) return known;
    const sizes = files.list.map(({ path, bytes }) => ({ path, size: bytes.length }));
    const header = { path: root, memoryMb: dependencies.maxMemoryMb, files: sizes };
    const payload = files.list.map(({ bytes }) => bytes);
    const text = await pool.run({ header, payload, seed: 0, now: 0 }, root || '.', signal);
    cache.set(files.key, text);
    return text;
  }

  async function render(
    application: Application,
    tree: Tree,
    inputs: RenderInputs,
    signal: AbortSignal,
  ): Promise<Rendered> {
    const { root } = application;
    const closure = await kustomizeInputs({ tree, root, readYaml: decodeYaml }, signal);
    refuse(closure);
    const files = await readFiles(root, closure, tree, signal);
    const objects = parseBuilt(await build(root, files, signal), root);
    const sources = findSources(objects, { files: files.contents, closure });
    const loose = objects.map((object, index) => ({
      object,
      source: sources[index] ?? null,
      lines: new Map(),
      random: [],
    }));
    return { resources: assign(loose, inputs), hooks: [], findings: [] };
  }

  return {
    name: 'kustomize',
    detects: (files) => files.some((file) => kustomizationNames.includes(file)),
    render,
    warm: () => pool.warm(),
    close: () => pool.close(),
  };
}

function refuse(closure: KustomizeInputs): void {
  refuseForbidden(closure);
  refuseRemote(closure);
  const [broken] = closure.broken;
  if (broken !== undefined) throw broken;
}

interface Files {
  /** In the order they are sent, by the path kustomize looks for. */
  readonly list: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** By real path. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Equal for equal input. */
  readonly key: string;
}

async function readFiles(root: string, closure: KustomizeInputs, tree: Tree, signal: AbortSignal): Promise<Files> {
  const placed = [...closure.placements].sort(([left], [right]) => (left < right ? -1 : 1));
  const contents = await tree.read([...new Set(placed.map(([, file]) => file))], signal);
  const hash = createHash('sha256').update(root);
  const list = placed.flatMap(([path, file]) => {
    const bytes = contents.get(file);
    if (bytes === undefined) return [];
    hash.update(`\0${path}\0${bytes.length}\0`).update(bytes);
    return [{ path, bytes }];
  });
  return { list, contents, key: hash.digest('base64') };
}

function parseBuilt(text: string, root: string): readonly JsonObject[] {
  const answer: Json = parseExactJson(text);
  const resources = pick(answer, 'resources');
  if (pick(answer, 'ok') === true && isJsonList(resources)) return resources.filter(isJsonObject);
  const message = pickText(answer, 'error') ?? 'no answer';
  throw new FairleadError({
    code: 'render-failed',
    message: `kustomize cannot build ${root || 'the repository root'}: ${message}`,
    subject: root === '' ? 'kustomization.yaml' : root,
    remedy: 'Correct the kustomization; `kustomize build` gives the same message.',
  });
}
