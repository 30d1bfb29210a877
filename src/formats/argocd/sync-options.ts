import { type JsonObject, pickText } from '../../model/json.ts';

/** The sync options of one object, such as `Prune=false`, as its annotation says. */
export function syncOptionsOf(object: JsonObject): readonly string[] {
  const written = pickText(object, 'metadata', 'annotations', 'argocd.argoproj.io/sync-options') ?? '';
  return written.split(',').map((option) => option.trim());
}
