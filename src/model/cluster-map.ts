import { FairleadError } from './error.ts';
import type { Application } from './target.ts';

/** Which kubeconfig contexts the targets of an environment live in. */
export interface ClusterMap {
  /** Nothing was named (`git`), reading clusters was declined (`none`), or contexts were named (`live`). */
  readonly mode: 'git' | 'none' | 'live';
  /** One context for all applications; only legal while there is at most one environment. */
  readonly bare: string | null;
  /** Environment -> contexts, in the order given. */
  readonly byEnvironment: ReadonlyMap<string, readonly string[]>;
  /** Clusters that may be named but belong to no environment by themselves. */
  readonly others?: readonly string[];
}

/** Parses `--cluster` values: `CONTEXT`, `ENV=CONTEXT` (repeatable) or `none`. Throws `FairleadError` code `usage`. */
export function parseClusterMap(values: readonly string[]): ClusterMap {
  if (values.length === 0) return { mode: 'git', bare: null, byEnvironment: new Map() };
  if (values.includes('none')) {
    if (values.length > 1) throw usage('none', '--cluster none stands alone', 'Leave the other --cluster options out.');
    return { mode: 'none', bare: null, byEnvironment: new Map() };
  }
  const bare = values.filter((value) => !value.includes('='));
  if (bare.length > 1 || (bare.length === 1 && values.length > 1)) {
    throw usage(
      bare.join(', '),
      'a context without an environment stands alone',
      'Write --cluster ENV=CONTEXT for each.',
    );
  }
  const byEnvironment = new Map<string, readonly string[]>();
  for (const value of values.filter((candidate) => candidate.includes('='))) {
    const [environment, context] = splitOnce(value);
    byEnvironment.set(environment, [...(byEnvironment.get(environment) ?? []), context]);
  }
  return { mode: 'live', bare: bare[0] ?? null, byEnvironment };
}

/** Every context named, once, in order. */
export function contextsOf(map: ClusterMap): readonly string[] {
  const { bare, byEnvironment, others = [] } = map;
  return [...new Set([...(bare === null ? [] : [bare]), ...[...byEnvironment.values()].flat(), ...others])];
}

/** The contexts of an environment; empty where none is known. */
export function clustersFor(map: ClusterMap, environment: string | null): readonly string[] {
  if (map.bare !== null) return [map.bare];
  return environment === null ? [] : (map.byEnvironment.get(environment) ?? []);
}

/**
 * The contexts an application is deployed to: those of its environment; of several the one that its declaration names. One that is named
 * counts for an application of no environment too.
 */
export function clustersForApplication(
  map: ClusterMap,
  { environment, declared }: Pick<Application, 'environment' | 'declared'>,
): readonly string[] {
  const contexts = clustersFor(map, environment);
  const named = declared?.application.destination.cluster ?? declared?.place?.name ?? null;
  if (named === null) return contexts;
  if (contexts.includes(named)) return [named];
  return contexts.length === 0 && contextsOf(map).includes(named) ? [named] : contexts;
}

/**
 * Refuses one bare context for several environments: it would compare staging with production's cluster.
 * Throws `FairleadError` code `usage`, listing the environments.
 */
export function checkEnvironments(map: ClusterMap, environments: readonly string[]): void {
  if (map.bare === null || environments.length < 2) return;
  const context = map.bare;
  throw usage(
    context,
    `--cluster ${context} names no environment, but the repository has ${environments.length}: ${environments.join(', ')}`,
    `Say which with ${environments.map((name) => `--cluster ${name}=CONTEXT`).join(' ')}, or review one with --env ${environments[0] ?? 'ENV'}.`,
  );
}

/** Refuses clusters for environments that are not there: a misspelt one would be compared in Git only. Throws `usage`. */
export function checkNamed(map: ClusterMap, environments: readonly string[]): void {
  const unknown = [...map.byEnvironment.keys()].find((environment) => !environments.includes(environment));
  if (unknown === undefined) return;
  const known =
    environments.length === 0 ? 'it has none; name the context alone' : `it has: ${environments.join(', ')}`;
  throw usage(
    unknown,
    `--cluster names the environment ${unknown}, which the repository does not have`,
    `Correct it; ${known}.`,
  );
}

function splitOnce(value: string): readonly [string, string] {
  const at = value.indexOf('=');
  const [environment, context] = [value.slice(0, at), value.slice(at + 1)];
  if (environment === '' || context === '') {
    throw usage(value, `--cluster ${value} is not ENV=CONTEXT`, 'Write --cluster prod=my-context.');
  }
  return [environment, context];
}

function usage(subject: string, message: string, remedy: string): FairleadError {
  return new FairleadError({ code: 'usage', subject, message, remedy });
}
