import type { OpenApiBundle } from '../../formats/openapi/bundle.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { ResourceValidator } from './validate-resources.ts';

/** What the checks are loaded with. */
export interface WarmParts {
  readonly validator: ResourceValidator;
  readonly policies: () => Promise<readonly JsonObject[]>;
  readonly bundle: OpenApiBundle;
}

/** Gives what loads the checks ahead of the first target, by something that policies are about; only its first call does anything. */
export function checkWarmer({ validator, policies, bundle }: WarmParts): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    const kinds = { served: null, builtIn: bundle.kinds };
    const asked = { target: '', resources: [anyPod], documents: bundle.document, kinds };
    // Policies that cannot be read are told by the review that needs them.
    policies().then(
      (found) => validator.warm({ ...asked, policies: found }),
      () => undefined,
    );
  };
}

const anyPod: Resource = {
  id: { group: '', version: 'v1', kind: 'Pod', namespace: 'any', name: 'any' },
  object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'any', namespace: 'any' }, spec: { containers: [] } },
  ...{ source: null, lines: new Map(), random: [] },
};
