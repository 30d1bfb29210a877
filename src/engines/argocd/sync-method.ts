import { syncOptionsOf } from '../../formats/argocd/sync-options.ts';
import type { JsonObject } from '../../model/json.ts';
import type { WriteMethod } from '../as-applied.ts';

/**
 * The way an object is written by the sync options of its Application and its own annotation (Argo CD 3.5, gitops-engine sync_context.go
 * `applyObject`, `shouldUseServerSideApply`): a replacement first, then server-side apply, else as `kubectl apply` does.
 */
export function syncMethod(object: JsonObject, syncOptions: readonly string[]): WriteMethod {
  const own = syncOptionsOf(object);
  const has = (option: string): boolean => syncOptions.includes(option) || own.includes(option);
  if (has('Replace=true') && !own.includes('Replace=false')) return 'replace';
  if (own.includes('ServerSideApply=false')) return 'three-way';
  return has('ServerSideApply=true') ? 'server-side' : 'three-way';
}
