import { type JsonObject, pickText } from '../../model/json.ts';
import type { GitRepository } from './git-repository.ts';

/** What is stored and served of one commit. */
export interface Artifact extends JsonObject {
  readonly url: string;
  readonly path: string;
  /** `main@sha1:…`. */
  readonly revision: string;
  /** `sha256:…`. */
  readonly digest: string;
  readonly size: number;
  /** ISO 8601, to the second. */
  readonly lastUpdateTime: string;
}

/** The status after a fetch that succeeded. */
export function succeeded(repository: GitRepository, artifact: Artifact, now: Date): JsonObject {
  const message = `stored artifact for revision '${artifact.revision}'`;
  const stamp = { message, reason: 'Succeeded', status: 'True' };
  return {
    ...handled(repository),
    observedGeneration: repository.generation,
    artifact,
    conditions: merge(
      repository,
      [
        { type: 'Ready', ...stamp },
        { type: 'ArtifactInStorage', ...stamp },
      ],
      now,
    ),
  };
}

/** The status after a fetch that failed: what was stored stays, and the generation counts as seen only after a success. */
export function failed(repository: GitRepository, message: string, now: Date): JsonObject {
  const stamp = { message, reason: 'GitOperationFailed' };
  const conditions = [
    { type: 'Ready', status: 'False', ...stamp },
    { type: 'FetchFailed', status: 'True', ...stamp },
  ];
  const stored = repository.conditions.filter(({ type }) => type === 'ArtifactInStorage');
  return { ...handled(repository), conditions: merge(repository, [...conditions, ...stored], now) };
}

function handled({ request }: GitRepository): JsonObject {
  return request === null ? {} : { lastHandledReconcileAt: request };
}

/** A condition keeps the time of its last change of status. */
function merge(
  { conditions, generation }: GitRepository,
  wanted: readonly JsonObject[],
  now: Date,
): readonly JsonObject[] {
  return wanted.map((one) => {
    const before = conditions.find(({ type, status }) => type === one['type'] && status === one['status']);
    const since = pickText(before, 'lastTransitionTime') ?? seconds(now);
    return { ...one, observedGeneration: generation, lastTransitionTime: since };
  });
}

/** A time as Kubernetes writes it. */
export function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
