import type { Fetchers } from '../../world/sources/fetchers.ts';

/** What the renderers are built from. */
export interface RenderDependencies extends Fetchers {
  /** The file of a WebAssembly module, built when it is missing. Throws `FairleadError` `module-missing`. */
  readonly modules: (name: 'kustomize' | 'helm', signal: AbortSignal) => Promise<string>;
  /** Threads per module; each starts at its first render. */
  readonly workers: { readonly kustomize: number; readonly helm: number };
  /** Milliseconds one render may take. */
  readonly deadlineMs: number;
  /** MiB one module instance may use. */
  readonly maxMemoryMb: number;
}
