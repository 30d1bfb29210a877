import type { ChangeSet, Desired, Predictor } from '../../engines/engine.ts';
import type { Schemas } from '../../formats/openapi/schemas.ts';
import { compareGit } from '../../gitops/diff/compare-git.ts';
import { loadSchemas } from '../../gitops/diff/schema-lookup.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/target.ts';

/** What a comparison without a cluster needs. */
export interface GitEngineOptions {
  /** Of the offline bundle. */
  readonly schemas: () => Promise<Schemas>;
  readonly maskObject: (object: JsonObject) => JsonObject;
}

/** Stands in where no cluster is read: what Git wanted against what Git wants. A base that could not be rendered is an error. */
export function createGitEngine(options: GitEngineOptions): Predictor {
  return {
    name: 'git',
    manager: 'fairlead',
    predict: (target, desired, signal) => predict(options, { target, desired }, signal),
  };
}

async function predict(
  options: GitEngineOptions,
  { target, desired }: { readonly target: Target; readonly desired: Desired },
  signal: AbortSignal,
): Promise<ChangeSet> {
  const set = { findings: [], live: new Map<string, JsonObject>() };
  if (desired.base === null)
    return { ...set, changes: [], error: 'The base could not be rendered, and no cluster was read.' };
  const ids = [...desired.base, ...desired.head].map((resource) => resource.id);
  const schemaOf = await loadSchemas(await options.schemas(), ids, signal);
  const changes = compareGit(
    { target: target.id, base: desired.base, head: desired.head },
    { schemaOf, maskObject: options.maskObject },
  );
  return { ...set, changes, error: null };
}
