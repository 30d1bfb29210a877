import { join } from 'node:path';
import { locateModule } from '../../../src/formats/wasm/locate-module.ts';
import type { RenderDependencies } from '../../../src/gitops/render/dependencies.ts';
import type { RenderInputs } from '../../../src/model/renderer.ts';
import type { Application, RendererName } from '../../../src/model/target.ts';
import { cacheDir } from '../../control-plane/go-program.ts';

const wasmDir = join(import.meta.dirname, '../../../wasm');

/** A signal that never aborts. */
export const calm = new AbortController().signal;

/** The path of a module of this checkout, built when the cache lacks it. */
export function testModule(name: 'kustomize' | 'helm', signal: AbortSignal = calm): Promise<string> {
  const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
  return locateModule(
    name,
    { cacheDir: cacheDir(), builtDir: null, sourceDir: wasmDir, onProgress, env: process.env },
    signal,
  );
}

/** What renderers are made from in tests. */
export function testDependencies(changes: Partial<RenderDependencies> = {}): RenderDependencies {
  const workers = { kustomize: 1, helm: 1 };
  const fetching = { fetchChart: null, fetchGit: null, fetchFile: null };
  return { modules: testModule, workers, deadlineMs: 30_000, maxMemoryMb: 512, ...fetching, ...changes };
}

export const testInputs: RenderInputs = {
  releaseName: 'test',
  namespace: 'default',
  kubeVersion: 'v1.36.3',
  apiVersions: [],
  namespaced: {},
  set: [],
};

/** An application that has only a root. */
export function applicationAt(root: string, renderer: RendererName): Application {
  return { name: root || 'root', root, renderer, environment: null, valuesFiles: [], inputs: [] };
}
