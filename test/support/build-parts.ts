import { join } from 'node:path';
import { locateModule } from '../../src/formats/wasm/locate-module.ts';
import { moduleWarmUps } from '../../src/gitops/validate/module-warm-ups.ts';
import { argoCdBinary, argoCdSource, cacheBinary } from '../control-plane/argocd/binary.ts';
import { realBinaries, realBinary } from '../control-plane/binaries.ts';
import { fluxDefinitions, kustomizeControllerBinary, substituteOracle } from '../control-plane/flux/binary.ts';
import { cacheDir } from '../control-plane/go-program.ts';
import { kwokStages } from '../control-plane/kwok/stages.ts';
import { registryBinary } from '../control-plane/registry/binary.ts';
import { buildOracle } from '../oracles/build.ts';

/** Builds every real part the tests need, or finds it in the cache. `npm test` runs it first, so that no test waits for Go. */
const started = performance.now();
const sourceDir = join(import.meta.dirname, '../../wasm');
const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
const warmUps = moduleWarmUps(join(import.meta.dirname, '../../policies'));
const options = { cacheDir: cacheDir(), builtDir: null, sourceDir, warmUps, onProgress, env: process.env };

for (const name of ['kustomize', 'helm', 'merge', 'cel', 'gotemplate', 'envsubst'] as const)
  await locateModule(name, options, AbortSignal.timeout(1_800_000));
for (const name of realBinaries) await realBinary(name);
await kwokStages(); // out of Go's module cache, which it fills when needed
await argoCdBinary();
await cacheBinary();
await argoCdSource();
await kustomizeControllerBinary();
await registryBinary();
await substituteOracle();
await fluxDefinitions();
for (const name of ['kustomize', 'helm', 'helm3'] as const) await buildOracle(name);
process.stderr.write(`real parts are ready (${Math.round((performance.now() - started) / 1000)} s)\n`);
