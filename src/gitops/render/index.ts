import type { Renderer } from '../../model/renderer.ts';
import type { FolderRenderer, RendererName } from '../../model/target.ts';
import { createDecoder } from './decoder.ts';
import type { RenderDependencies } from './dependencies.ts';
import { createHelmRenderer } from './helm.ts';
import { createHelmRun } from './helm-run.ts';
import { createKustomizeRenderer } from './kustomize.ts';
import { createPlainRenderer } from './plain.ts';

/** The renderers of one process. Threads and modules start when first needed. */
export interface Renderers {
  renderer(name: FolderRenderer): Renderer;
  /** Starts what every renderer needs, while something else is waited for. */
  start(): void;
  /** Loads what renderers will need soon, while something else is waited for. */
  warm(names: ReadonlySet<RendererName>): void;
  close(): Promise<void>;
}

/** Makes all renderers. */
export function createRenderers(dependencies: RenderDependencies): Renderers {
  const decoder = createDecoder(dependencies.deadlineMs);
  const run = createHelmRun(dependencies);
  const kustomize = createKustomizeRenderer(dependencies, run);
  const helm = createHelmRenderer(dependencies, decoder, run);
  const renderers: Readonly<Record<FolderRenderer, Renderer>> = {
    kustomize,
    helm,
    plain: createPlainRenderer(decoder),
  };
  return {
    renderer: (name) => renderers[name],
    start: () => decoder.start(),
    warm: (names) => {
      if (names.has('kustomize')) kustomize.warm();
      if (names.has('helm')) helm.warm();
    },
    close: async () => {
      await Promise.all([decoder.close(), kustomize.close(), helm.close()]);
    },
  };
}
