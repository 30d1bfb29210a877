import type { DeclaredApplication } from '../../model/declared.ts';
import { isJsonList, pick, pickText } from '../../model/json.ts';

/** What becomes of the objects of an application whose declaration goes. */
export interface Fate {
  readonly isDeleted: boolean;
  /** As the end of a sentence: `…, since the Application has no finalizer`. */
  readonly why: string;
}

/**
 * What its controller does with the objects of an application when the object that declares it is deleted (Argo CD 3.5, "Deletion
 * Finalizer"; Flux' Kustomization, `deletionPolicy`; helm-controller uninstalls).
 */
export function fateOf({ kind, object }: Pick<DeclaredApplication, 'kind' | 'object'>): Fate {
  if (kind === 'argocd-application') return byFinalizer(pick(object, 'metadata', 'finalizers'));
  if (pick(object, 'spec', 'suspend') === true) return { isDeleted: false, why: 'it is suspended' };
  if (kind === 'flux-helmrelease') return { isDeleted: true, why: 'Flux uninstalls the release' };
  const policy = pickText(object, 'spec', 'deletionPolicy') ?? 'MirrorPrune';
  if (policy === 'Orphan') return { isDeleted: false, why: 'its deletionPolicy is Orphan' };
  const prunes = pick(object, 'spec', 'prune') === true;
  if (policy === 'MirrorPrune' && !prunes) return { isDeleted: false, why: 'it does not prune' };
  return { isDeleted: true, why: policy === 'MirrorPrune' ? 'it prunes' : `its deletionPolicy is ${policy}` };
}

function byFinalizer(finalizers: ReturnType<typeof pick>): Fate {
  const cascades = /^(?:resources|foreground|background)-finalizer\.argocd\.argoproj\.io(?:\/|$)/;
  const has = isJsonList(finalizers) && finalizers.some((name) => typeof name === 'string' && cascades.test(name));
  return has
    ? { isDeleted: true, why: 'the Application has the finalizer with which Argo CD deletes them' }
    : { isDeleted: false, why: 'the Application has no finalizer, without which Argo CD leaves them where they are' };
}
