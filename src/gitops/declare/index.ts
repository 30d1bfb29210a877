import type { ArgoCdApi } from '../../model/argocd-api.ts';
import type { ArgoCdKnowledge } from '../../model/argocd-knowledge.ts';
import type { Declare } from '../../model/declare.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Renderer, RenderInputs } from '../../model/renderer.ts';
import type { FolderRenderer, RendererName } from '../../model/target.ts';
import type { SourceFetchers } from '../../world/sources/fetchers.ts';
import { createGoTemplates } from './argocd-go-templates.ts';
import { recentArgoCd } from './argocd-itself.ts';
import { createArgoRenderer } from './argocd-render.ts';
import { createDeclarer } from './declarer.ts';
import { createFluxRenderer } from './flux-renderer.ts';
import { createFluxSubstituter } from './flux-substituter.ts';

/** What reading and rendering declared applications is made of. */
export interface DeclaredParts {
  readonly renderer: (name: FolderRenderer) => Renderer;
  readonly fetchers: SourceFetchers;
  /** The file of a WebAssembly module, built when it is missing. Throws `FairleadError` `module-missing`. */
  readonly modules: (name: 'gotemplate' | 'envsubst', signal: AbortSignal) => Promise<string>;
  /** Milliseconds one call of a module may take. */
  readonly deadlineMs: number;
  /** MiB one module may use. */
  readonly maxMemoryMb: number;
  /** What renders depend on where no cluster says. */
  readonly inputs: () => Promise<RenderInputs>;
  readonly learnSecret: (object: JsonObject) => void;
  /** What the Argo CD knows that deploys what is declared; null where it may not be read. */
  readonly knowledge: (() => Promise<ArgoCdKnowledge>) | null;
  /** Argo CD itself, for what only it can tell; null or left out: it is not asked. */
  readonly argocd?: ArgoCdApi | null;
}

/** Applications that objects of controllers declare. Threads and modules start when first needed. */
export interface DeclaredTools {
  /** Every renderer, those of folders included. */
  renderer(name: RendererName): Renderer;
  readonly declare: Declare;
  close(): Promise<void>;
}

/** Makes them. */
export function createDeclaredTools(parts: DeclaredParts): DeclaredTools {
  const { modules, deadlineMs, maxMemoryMb, fetchers, learnSecret, knowledge } = parts;
  const goTemplates = createGoTemplates({
    locate: (signal) => modules('gotemplate', signal),
    ...{ deadlineMs, maxMemoryMb },
  });
  const substituter = createFluxSubstituter({ locate: (signal) => modules('envsubst', signal), deadlineMs });
  const itself = parts.argocd ? recentArgoCd(parts.argocd, () => new Date()) : null;
  const argocd = createArgoRenderer({ ...parts, argocd: itself });
  const flux = createFluxRenderer({ ...parts, substituter });
  const renderer = (name: RendererName): Renderer => {
    if (name === 'argocd') return argocd;
    return name === 'flux' ? flux : parts.renderer(name);
  };
  return {
    renderer,
    declare: createDeclarer({
      ...{ renderer, fetchers, goTemplates, learnSecret, knowledge },
      ...{ inputs: parts.inputs, argocd: itself },
    }),
    close: async () => {
      itself?.close();
      await Promise.all([goTemplates.close(), substituter.close()]);
    },
  };
}
