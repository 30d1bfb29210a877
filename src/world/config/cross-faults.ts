import { nearest } from '../../formats/nearest.ts';
import { isJsonList, type Json, type JsonObject, pick, pickObject, pickText } from '../../model/json.ts';
import { normalisePath } from './build-settings.ts';
import { type Fault, listed, quote } from './problem.ts';

/**
 * What no schema can say: names that must exist, orders that never end, folders claimed twice. Takes the file as it is written,
 * whatever its shape, so that these are told together with what the schema says.
 */
export function crossFaults(value: Json, clusters: readonly string[] | null): readonly Fault[] {
  const environments = pickObject(value, 'environments');
  return [
    ...unknownAfters(environments),
    ...circles(environments),
    ...unknownClusters(environments, clusters),
    ...sharedFolders(pickObject(value, 'applications')),
  ];
}

function unknownAfters(environments: JsonObject): readonly Fault[] {
  const names = Object.keys(environments);
  return names.flatMap((name): readonly Fault[] => {
    const after = afterOf(environments, name);
    if (after === undefined || Object.hasOwn(environments, after)) return [];
    return [
      {
        at: ['environments', name, 'deploy', 'after', 'environment'],
        message: unknown(after, 'environment of this file', names),
        fix: `Name one of ${listed(names)}, or add ${quote(after)} to environments.`,
      },
    ];
  });
}

function afterOf(environments: JsonObject, name: string): string | undefined {
  return pickText(environments, name, 'deploy', 'after', 'environment');
}

/** Each circle once, at the first environment that is part of it. */
function circles(environments: JsonObject): readonly Fault[] {
  const done = new Set<string>();
  return Object.keys(environments).flatMap((start): readonly Fault[] => {
    const trail: string[] = [];
    let current: string | undefined = start;
    while (current !== undefined && Object.hasOwn(environments, current) && !done.has(current)) {
      done.add(current);
      trail.push(current);
      current = afterOf(environments, current);
    }
    const at = current === undefined ? -1 : trail.indexOf(current);
    const first = trail[at];
    return at === -1 || first === undefined ? [] : [circle([...trail.slice(at), first])];
  });
}

function circle(trail: readonly string[]): Fault {
  const [first = '', second = ''] = trail;
  const path = ['environments', first, 'deploy', 'after', 'environment'];
  if (first === second) return { at: path, message: `${quote(first)} waits for itself`, fix: 'Remove after.' };
  const message = `these environments wait for each other: ${listed(trail).replaceAll(', ', ' -> ')}`;
  return { at: path, message, fix: 'Remove one of their after.' };
}

function unknownClusters(environments: JsonObject, clusters: readonly string[] | null): readonly Fault[] {
  if (clusters === null) return [];
  const known = clusters.length === 0 ? 'The server was told of none.' : `The server knows ${listed(clusters)}.`;
  return Object.keys(environments).flatMap((name) => {
    const named = pick(environments, name, 'clusters');
    if (!isJsonList(named)) return [];
    return named.flatMap((cluster, index): readonly Fault[] => {
      if (typeof cluster !== 'string' || clusters.includes(cluster)) return [];
      const at = ['environments', name, 'clusters', index];
      return [{ at, message: unknown(cluster, 'cluster the server was told of', clusters), fix: known }];
    });
  });
}

function unknown(name: string, what: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return `${quote(name)} is no ${what}${near === null ? '' : `; did you mean ${quote(near)}?`}`;
}

/** Two names for one folder. */
function sharedFolders(applications: JsonObject): readonly Fault[] {
  const owners = new Map<string, string>();
  return Object.keys(applications).flatMap((name): readonly Fault[] => {
    const path = pickText(applications, name, 'path');
    if (path === undefined) return [];
    const folder = normalisePath(path);
    const owner = owners.get(folder);
    if (owner === undefined) owners.set(folder, name);
    if (owner === undefined) return [];
    const message = `${quote(path)} is already the folder of ${quote(owner)}`;
    return [{ at: ['applications', name, 'path'], message, fix: 'Keep one of the two names.' }];
  });
}
