import { isJsonList, type JsonObject, pick } from '../../model/json.ts';
import type { PolicyEntry } from './policy-engine.ts';

type Named = Pick<PolicyEntry, 'kind' | 'resource'>;

/**
 * Whether some policy may be about some entry, by the resources its rules name; when in doubt, it may. Starting the module that
 * decides takes over a second, and most changes are of kinds that no policy names.
 */
export function mayConcern(documents: readonly JsonObject[], entries: readonly Named[]): boolean {
  const policies = documents.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
  return policies.some((policy) => {
    const named = resourcesOf(policy);
    return named === null ? entries.length > 0 : entries.some((entry) => isNamed(entry, named));
  });
}

/** The same of objects of these kinds, of which nothing else is known yet. */
export function mayConcernKinds(documents: readonly JsonObject[], kinds: Iterable<string>): boolean {
  return mayConcern(
    documents,
    [...kinds].map((kind) => ({ kind, resource: '' })),
  );
}

/** The resources a policy's rules name, or null when it is not held to any that can be told. */
function resourcesOf(policy: JsonObject): ReadonlySet<string> | null {
  const rules = pick(policy, 'spec', 'matchConstraints', 'resourceRules');
  if (!isJsonList(rules) || rules.length === 0) return null;
  const named = rules.flatMap((rule) => {
    const resources = pick(rule, 'resources');
    return isJsonList(resources) ? resources : ['*'];
  });
  const plain = named.filter((resource) => typeof resource === 'string' && !resource.startsWith('*'));
  return plain.length === named.length ? new Set(plain.map((resource) => String(resource).split('/')[0] ?? '')) : null;
}

/** Plural names as Kubernetes guesses them from a kind, where no definition says another. */
function isNamed({ kind, resource }: Named, named: ReadonlySet<string>): boolean {
  const single = kind.toLowerCase();
  const guesses = [single, `${single}s`, `${single}es`, `${single.slice(0, -1)}ies`];
  return (resource === '' ? guesses : [resource]).some((guess) => named.has(guess));
}
