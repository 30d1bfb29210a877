import { flatten, goText } from '../../formats/argocd/go-text.ts';
import { compileSelector } from '../../formats/argocd/label-selector.ts';
import { combine, override, type Parameters } from '../../formats/argocd/parameters.ts';
import { renderWhere } from '../../formats/argocd/templates.ts';
import { canonicalJson } from '../../formats/json.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { askedParameters, isAsking } from './argocd-asked-generator.ts';
import { clusterParameters } from './argocd-cluster-generator.ts';
import { refused, unknown } from './argocd-fault.ts';
import { gitParameters } from './argocd-git-generator.ts';
import { listParameters } from './argocd-list-generator.ts';
import type { GeneratorContext } from './argocd-values.ts';

/** Kinds of generators, in the order in which Argo CD asks those of one entry. */
export const generatorKinds = [
  'list',
  'clusters',
  'git',
  'scmProvider',
  'clusterDecisionResource',
  'pullRequest',
  'matrix',
  'merge',
  'plugin',
] as const;

/** What one kind of an entry gives. */
export interface Generated {
  readonly kind: (typeof generatorKinds)[number];
  readonly sets: readonly Parameters[];
}

/** Where an entry stands. */
export interface GeneratorPlace {
  readonly pointer: string;
  /** Generators around it. */
  readonly depth: number;
  /** Parameters of the first generator of a matrix for the second. */
  readonly given: Parameters | null;
}

/**
 * Parameters of one entry of `generators` (Argo CD 3.5, applicationset/generators: `Transform`, matrix.go, merge.go). Throws
 * `SetFault`, `TemplateError`, `SyntaxError` with Argo CD's words.
 */
export async function generate(
  entry: JsonObject,
  place: GeneratorPlace,
  context: GeneratorContext,
): Promise<readonly Generated[]> {
  const isSelected = selectorOf(entry);
  const filled = place.given === null ? entry : await interpolate(entry, place.given, context);
  const generated: Generated[] = [];
  for (const kind of generatorKinds) {
    const generator = filled[kind];
    if (!isJsonObject(generator) || (place.depth > 1 && (kind === 'matrix' || kind === 'merge'))) continue;
    const sets = await parametersOf(kind, generator, { ...place, pointer: `${place.pointer}/${kind}` }, context);
    generated.push({ kind, sets: sets.filter(isSelected) });
  }
  return generated;
}

function selectorOf(entry: JsonObject): (set: Parameters) => boolean {
  const selector = entry['selector'];
  if (!isJsonObject(selector)) return () => true;
  const isSelected = compileSelector(selector);
  return (set) =>
    isSelected(Object.fromEntries(Object.entries(flatten(set)).map(([key, value]) => [key, goText(value)])));
}

/** The second generator of a matrix with the parameters of the first; its `values` may still wait for its own. */
async function interpolate(entry: JsonObject, given: Parameters, { engine }: GeneratorContext): Promise<JsonObject> {
  if (Object.keys(given).length === 0) return entry;
  const [filled] = await renderWhere(entry, [given], {
    engine,
    isValues: (path) =>
      path.at(-1) === 'values' && kindsWithValues.has(String(path.at(-2))) && isEntry(path.slice(0, -2)),
  });
  return filled ?? entry;
}

const kindsWithValues = new Set(['clusters', 'git', 'scmProvider', 'clusterDecisionResource', 'pullRequest', 'plugin']);

/** Whether a path within an entry leads to an entry: itself, or one below `matrix.generators` or `merge.generators`. */
function isEntry(path: readonly (string | number)[]): boolean {
  return path.every((step, index) => {
    if (index % 3 === 0) return step === 'matrix' || step === 'merge';
    return index % 3 === 1 ? step === 'generators' : typeof step === 'number';
  });
}

async function parametersOf(
  kind: Generated['kind'],
  generator: JsonObject,
  place: GeneratorPlace,
  context: GeneratorContext,
): Promise<readonly Parameters[]> {
  switch (kind) {
    case 'list':
      return listParameters(generator, place.pointer, context);
    case 'clusters':
      return clusterParameters(generator, place.pointer, context);
    case 'git':
      return gitParameters(generator, place.pointer, context);
    case 'matrix':
      return matrixParameters(generator, place, context);
    case 'merge':
      return mergeParameters(generator, place, context);
    case 'scmProvider':
    case 'pullRequest':
    case 'plugin':
    case 'clusterDecisionResource':
      return askedParameters(kind, generator, place.pointer, context);
    default:
      return kind satisfies never;
  }
}

async function matrixParameters(
  generator: JsonObject,
  { pointer, depth }: GeneratorPlace,
  context: GeneratorContext,
): Promise<readonly Parameters[]> {
  const [first, second, ...others] = entriesOf(generator);
  if (first === undefined || second === undefined) {
    throw refused(pointer, 'found less than two generators, Matrix support only two');
  }
  if (others.length > 0) throw refused(pointer, 'found more than two generators, Matrix support only two');
  const at = (index: number) => ({ pointer: `${pointer}/generators/${index}`, depth: depth + 1 });
  const sets: Parameters[] = [];
  // What is given to a matrix was put into all of it by then.
  const given = await childParameters(first, { ...at(0), given: null }, context);
  checkAsked(second, given.length, pointer);
  for (const one of given) {
    for (const other of await childParameters(second, { ...at(1), given: one }, context)) {
      sets.push(context.usesGoTemplate ? override(other, one) : combine(one, other));
    }
    checkCount(sets.length, pointer, context);
  }
  return sets;
}

/** Questions to Argo CD that one matrix may come to. */
const mostAsked = 50;

function checkAsked(entry: JsonObject, count: number, pointer: string): void {
  if (count <= mostAsked || !isAsking(entry)) return;
  throw unknown(pointer, `Argo CD would be asked ${count} times; it is asked ${mostAsked} times at most`);
}

async function mergeParameters(
  generator: JsonObject,
  { pointer, depth }: GeneratorPlace,
  context: GeneratorContext,
): Promise<readonly Parameters[]> {
  const entries = entriesOf(generator);
  if (entries.length < 2) throw refused(pointer, 'found less than two generators, Merge requires two or more');
  const keys = isJsonList(generator['mergeKeys']) ? generator['mergeKeys'].map(String) : [];
  if (keys.length === 0) throw refused(pointer, 'no merge keys were specified, Merge requires at least one');
  const all: ReadonlyMap<string, Parameters>[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = { pointer: `${pointer}/generators/${index}`, depth: depth + 1, given: null };
    all.push(byKey(await childParameters(entry, place, context), keys, pointer));
  }
  const [base = new Map<string, Parameters>(), ...overrides] = all;
  return [...base].map(([key, set]) => {
    const over = overrides.map((sets) => sets.get(key) ?? {});
    return context.usesGoTemplate ? over.reduce(override, set) : Object.assign({}, set, ...over);
  });
}

function byKey(sets: readonly Parameters[], keys: readonly string[], pointer: string): ReadonlyMap<string, Parameters> {
  const found = new Map<string, Parameters>();
  for (const set of sets) {
    const key = canonicalJson(Object.fromEntries(keys.map((name): [string, Json] => [name, set[name] ?? null])));
    if (found.has(key)) {
      const message = `the parameters from a generator were not unique by the given mergeKeys, Merge requires all param sets to be unique. Duplicate key was ${key}`;
      throw refused(pointer, message);
    }
    found.set(key, set);
  }
  return found;
}

async function childParameters(
  entry: JsonObject,
  place: GeneratorPlace,
  context: GeneratorContext,
): Promise<readonly Parameters[]> {
  const [only, ...others] = await generate(entry, place, context);
  if (only === undefined) throw refused(place.pointer, 'child generator generated no parameters');
  if (others.length > 0) throw refused(place.pointer, 'found more than one generator in matrix.Generators');
  checkCount(only.sets.length, place.pointer, context);
  return only.sets;
}

function checkCount(count: number, pointer: string, { world }: GeneratorContext): void {
  if (count <= world.maxApplications) return;
  throw unknown(pointer, `the generator gives more than ${world.maxApplications} sets of parameters`);
}

function entriesOf(generator: JsonObject): readonly JsonObject[] {
  const entries = generator['generators'];
  return isJsonList(entries) ? entries.map((entry) => (isJsonObject(entry) ? entry : {})) : [];
}
