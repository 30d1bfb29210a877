import { join } from 'node:path';
import { type FluxKustomization, readFluxKustomization } from '../../../src/formats/flux/kustomization.ts';
import { locateModule } from '../../../src/formats/wasm/locate-module.ts';
import { toYaml } from '../../../src/formats/yaml/write.ts';
import { createFluxSubstituter, type FluxSubstituter } from '../../../src/gitops/declare/flux-substituter.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { Tree } from '../../../src/model/tree.ts';
import { cacheDir } from '../../control-plane/go-program.ts';
import { resourceOf } from '../../formats/flux/support.ts';

/** A signal that never aborts. */
export const calm = new AbortController().signal;

/** A Kustomization `flux-system/apps` with this spec. */
export function kustomization(spec: JsonObject = {}): FluxKustomization {
  const read = readFluxKustomization(
    resourceOf(
      toYaml({
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'apps', namespace: 'flux-system' },
        spec: { prune: true, interval: '1h', sourceRef: { kind: 'GitRepository', name: 'fleet' }, ...spec },
      }),
    ),
  );
  if (!('kind' in read)) throw new Error(JSON.stringify(read));
  return read;
}

/** The text of a file of a tree. */
export async function textOf(tree: Tree, path: string): Promise<string> {
  return new TextDecoder().decode((await tree.read([path], calm)).get(path));
}

/** Flux's own substitution, built when the cache lacks it. */
export function testSubstituter(): FluxSubstituter {
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const sourceDir = join(import.meta.dirname, '../../../wasm');
  const options = { cacheDir: cacheDir(), builtDir: null, sourceDir, onProgress, env: process.env };
  return createFluxSubstituter({ locate: (signal) => locateModule('envsubst', options, signal), deadlineMs: 50_000 });
}
