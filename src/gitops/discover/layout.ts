/** What a folder's path says about what stands there. */
export interface Placement {
  /** From the path's segments, or null. */
  readonly environment: string | null;
  /** The path without the words that name the environment; never empty. */
  readonly name: string;
}

/** Folders whose children are environments. */
const markers = new Set(['overlays', 'overlay', 'envs', 'env', 'environments', 'environment', 'clusters', 'stages']);

/** Words that name an environment wherever they stand. */
const environmentWords = new Set(
  `dev development test testing qa stg stage staging preprod pre-prod uat prod prd production nonprod live canary sandbox`.split(
    ' ',
  ),
);

/** What stands among environments and is shared by them. */
const sharedWords = new Set('base bases common shared global all default defaults component components lib'.split(' '));

/**
 * Reads environment and name off a folder's path. The last segment that is an environment word decides, else the last that
 * stands below a marker such as `overlays` or `clusters`. That segment and its marker do not belong to the name, so that
 * `apps/web/overlays/prod` and `apps/web/overlays/staging` are one application in two environments.
 */
export function placementOf(path: string): Placement {
  const segments = path === '' ? [] : path.split('/');
  const at = environmentSegment(segments);
  if (at === -1) return { environment: null, name: path === '' ? 'root' : path };
  const marker = segments[at - 1] ?? '';
  const isMarked = markers.has(marker);
  const kept = segments.filter((_, index) => index !== at && !(isMarked && index === at - 1));
  const fallback = isMarked ? marker : 'root';
  return { environment: segments[at] ?? null, name: kept.length === 0 ? fallback : kept.join('/') };
}

/** Whether a word names an environment by itself. */
export function isEnvironmentWord(word: string): boolean {
  return environmentWords.has(word.toLowerCase());
}

/** Whether a word stands for what all environments share. */
export function isSharedWord(word: string): boolean {
  return sharedWords.has(word.toLowerCase());
}

/** Whether the children of a folder of this name are environments. */
export function isMarker(segment: string): boolean {
  return markers.has(segment);
}

function environmentSegment(segments: readonly string[]): number {
  const known = segments.findLastIndex((segment) => isEnvironmentWord(segment));
  if (known !== -1) return known;
  return segments.findLastIndex((segment, index) => {
    return isMarker(segments[index - 1] ?? '') && !isSharedWord(segment) && !isMarker(segment);
  });
}
