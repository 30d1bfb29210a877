import { isSameRepository } from '../../formats/repository-url.ts';
import { type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { EngineWork } from '../engine.ts';
import { type FluxObject, readFluxObject, text } from './flux-object.ts';

/** The type of the objects that say where Flux fetches from. */
export const sourceType = { group: 'source.toolkit.fluxcd.io', version: 'v1', kind: 'GitRepository' } as const;

/** A GitRepository as the engine needs it. */
export interface GitSource extends FluxObject {
  readonly url: string;
  /** The branch it follows; null when it follows a tag, a range of versions or nothing. */
  readonly branch: string | null;
  /** What is fetched and served; '' when nothing is yet. */
  readonly revision: string;
  /** When that came, ISO 8601; '' when nothing did. */
  readonly fetchedAt: string;
}

/** Reads a GitRepository. */
export function readGitSource(object: JsonObject): GitSource {
  return {
    ...readFluxObject(object, sourceType),
    url: text(object, 'spec', 'url'),
    branch: branchOf(pick(object, 'spec', 'ref')),
    revision: text(object, 'status', 'artifact', 'revision'),
    fetchedAt: text(object, 'status', 'artifact', 'lastUpdateTime'),
  };
}

/** Whether it follows the branch of some work. */
export function followsBranch(source: GitSource, work: Pick<EngineWork, 'urls' | 'branch'>): boolean {
  return source.branch === work.branch && isOfRepository(source, work);
}

/** Whether it is of the repository, whatever it follows. */
export function isOfRepository({ url }: GitSource, { urls }: Pick<EngineWork, 'urls'>): boolean {
  return urls.some((one) => isSameRepository(one, url));
}

/** Of several kinds of reference the most exact wins, as in source-controller; with none it is `master`. */
function branchOf(ref: Json | undefined): string | null {
  const name = pickText(ref, 'name');
  if (pickText(ref, 'commit')) return null;
  if (name) return name.startsWith('refs/heads/') ? name.slice('refs/heads/'.length) : null;
  if (pickText(ref, 'semver') || pickText(ref, 'tag')) return null;
  return pickText(ref, 'branch') || 'master';
}
