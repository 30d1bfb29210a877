import type { KnownCluster, Learned } from '../../model/argocd-knowledge.ts';
import type { SourcePlace } from '../../model/declared.ts';
import type { Tree } from '../../model/tree.ts';
import type { GoTemplates } from './argocd-go-templates.ts';
import type { ArgoCdItself } from './argocd-itself.ts';

/** What the objects of Argo CD depend on beside themselves. */
export interface ArgoWorld {
  /** Namespace of Argo CD itself, `argocd` as a rule. */
  readonly controllerNamespace: string;
  /** Files of a Git repository at a revision, this one's on the side that is read included; null where they are not at hand. */
  treeOf(place: { readonly url: string; readonly revision: string }, signal: AbortSignal): Promise<Tree | null>;
  /** The same for a generator, which needs them: fetched where they are not at hand. Throws what fetching throws. */
  fetchTree(place: { readonly url: string; readonly revision: string }, signal: AbortSignal): Promise<Tree | null>;
  /** What a place's revision is resolved to, for `$ARGOCD_APP_REVISION`. */
  readonly revisionOf: (place: SourcePlace) => string;
  /** Clusters with a Secret. */
  readonly clusters: Learned<readonly KnownCluster[]>;
  readonly itself: ArgoCdItself;
  readonly goTemplates: GoTemplates;
  /** How files of the Git generator are named: as Git does, or with Argo CD's `--enable-new-git-file-globbing`. */
  readonly fileGlobbing: 'pathspec' | 'doublestar';
  /** As many applications as one ApplicationSet may give. */
  readonly maxApplications: number;
}
