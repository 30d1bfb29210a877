import type { Declaration } from './declared.ts';

/** The major versions of Helm whose templates differ. */
export type HelmEngine = 'helm3' | 'helm4';

/** A renderer of a folder's files. */
export type FolderRenderer = 'kustomize' | 'helm' | 'plain';

/** How an application is rendered; the name of a renderer. Those of controllers put together what their objects declare. */
export type RendererName = FolderRenderer | 'argocd' | 'flux';

/** Something rendered and deployed as one, in one environment. */
export interface Application {
  /** Unique within the repository: its path without environment words, such as `apps/checkout`. */
  readonly name: string;
  /** Folder relative to the repository root, '' for the root itself, never with a leading or trailing slash. */
  readonly root: string;
  readonly renderer: RendererName;
  /** From path segments or values file names; null when nothing names one. */
  readonly environment: string | null;
  /** Values files in order, repository-relative (Helm only). */
  readonly valuesFiles: readonly string[];
  /** Every repository-relative file or folder it reads: its own and its bases'. A folder ends with `/`. */
  readonly inputs: readonly string[];
  /** The Helm it is rendered with; left out: Helm 4. */
  readonly helm?: HelmEngine;
  /** What declares it; left out for what is found by its files alone. */
  readonly declared?: Declaration;
}

/** application x environment x cluster: the unit of plan, lock, deployment and drift. */
export interface Target {
  readonly id: string;
  readonly application: string;
  readonly environment: string | null;
  /** The kubeconfig context, or null when it is compared Git to Git. */
  readonly cluster: string | null;
  /** Keyed digest of what would be applied, hex; null without an installation key. */
  readonly digest: string | null;
  /** Why this target could not be worked out in full; null when it was. Non-null makes the verdict incomplete. */
  readonly error: string | null;
}

/** The id of a target: `application`, `application@environment`, each with `:cluster` when it has one. */
export function targetId(parts: Pick<Target, 'application' | 'environment' | 'cluster'>): string {
  const environment = parts.environment === null ? '' : `@${parts.environment}`;
  const cluster = parts.cluster === null ? '' : `:${parts.cluster}`;
  return `${parts.application}${environment}${cluster}`;
}
