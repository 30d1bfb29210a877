import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { mayConcernKinds } from './policy-scope.ts';
import type { ResourceValidator } from './validate-resources.ts';

/** What the checks are loaded with. */
export interface WarmParts {
  readonly validator: ResourceValidator;
  readonly policies: () => Promise<readonly JsonObject[]>;
}

/**
 * Gives what loads the checks ahead of the first target, by something that policies are about; it does so once. Told of kinds that no
 * policy is about it does nothing: what is loaded keeps a thread busy for seconds, and what is needed waits for it. null: any kind.
 */
export function checkWarmer({ validator, policies }: WarmParts): (kinds: ReadonlySet<string> | null) => void {
  let isAsked = false;
  const warm = (found: readonly JsonObject[], wanted: ReadonlySet<string> | null): void => {
    if (isAsked || (wanted !== null && !mayConcernKinds(found, wanted))) return;
    isAsked = true;
    validator.warm({ target: '', resources: [anyPod], policies: found });
  };
  return (wanted) => {
    // Policies that cannot be read are told by the review that needs them.
    policies().then(
      (found) => warm(found, wanted),
      () => undefined,
    );
  };
}

const anyPod: Resource = {
  id: { group: '', version: 'v1', kind: 'Pod', namespace: 'any', name: 'any' },
  object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'any', namespace: 'any' }, spec: { containers: [] } },
  ...{ source: null, lines: new Map(), random: [] },
};
