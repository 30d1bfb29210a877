import type { ChartReference } from './references.ts';

/** A place that names something, and what. */
export interface NamedReference {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly reference: string;
}

/** A chart that has to be fetched before a kustomization can be built, and where it then is looked for. */
export interface NamedChart extends NamedReference {
  readonly chart: ChartReference;
  /** Folder of the repository. */
  readonly folder: string;
}

/** A reference of `resources` or `components` to something that has to be fetched. */
export interface NamedRemote extends NamedReference {
  /** Folder of the kustomization that names it. */
  readonly folder: string;
  /** JSON pointer in its file. */
  readonly pointer: string;
}

/** Why a reference is not followed. */
export type RefusalReason = 'outside' | 'link' | 'submodule' | 'function' | 'plugin' | 'too-many';
