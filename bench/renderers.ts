import { resolve } from 'node:path';
import { locateModule } from '../src/formats/wasm/locate-module.ts';
import { createRenderers, type Renderers } from '../src/gitops/render/index.ts';
import type { RenderInputs } from '../src/model/renderer.ts';
import type { Application, RendererName } from '../src/model/target.ts';
import { cacheDir } from '../test/control-plane/go-program.ts';
import type { Lab } from './bench.ts';

const sourceDir = resolve(import.meta.dirname, '../wasm');

/** The renderers as the product makes them, but patient. The modules of this checkout are built when they are missing. */
export function openRenderers({ say }: Pick<Lab, 'say'>): Renderers {
  const options = { cacheDir: cacheDir(), builtDir: null, sourceDir, onProgress: say, env: process.env };
  return createRenderers({
    modules: (name, signal) => locateModule(name, options, signal),
    workers: { kustomize: 1, helm: 1 },
    deadlineMs: 60_000,
    maxMemoryMb: 512,
    fetchChart: null,
    fetchGit: null,
    fetchFile: null,
  });
}

/** What a release is rendered with. */
export function renderInputs(releaseName: string): RenderInputs {
  const cluster = { kubeVersion: 'v1.36.3', apiVersions: [], namespaced: {} };
  return { releaseName, namespace: 'default', ...cluster, set: [] };
}

/** An application that is one folder. */
export function applicationAt(root: string, renderer: RendererName): Application {
  return { name: root, root, renderer, environment: null, valuesFiles: [], inputs: [] };
}
