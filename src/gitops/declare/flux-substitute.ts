import type { FluxKustomization } from '../../formats/flux/kustomization.ts';
import { stringifyJson } from '../../formats/json.ts';
import { FairleadError } from '../../model/error.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import { formatResource, type Resource } from '../../model/resource.ts';
import { identified } from './flux-identity.ts';
import { differingPointers } from './flux-secret-pointers.ts';
import type { FluxSubstituter, VariableValues } from './flux-substituter.ts';
import type { Variables } from './flux-variables.ts';

/** A resource after substitution. */
export interface SubstitutedResource {
  readonly resource: Resource;
  /** JSON pointers whose value, with all below it, holds a variable that came from a Secret or is not known: to be masked whole. */
  readonly secret: readonly string[];
}

/** What substitution needs. */
export interface SubstituteInput {
  readonly kustomization: FluxKustomization;
  readonly variables: Variables;
  readonly substituter: FluxSubstituter;
  /** Whether the controller runs with StrictPostBuildSubstitutions. */
  readonly isStrict: boolean;
}

/**
 * Puts the variables of a Kustomization into what was rendered for it, as the controller does (fluxcd/pkg/kustomize,
 * SubstituteVariables): nothing without `postBuild` or without any variable, unless always; never in objects that say
 * `kustomize.toolkit.fluxcd.io/substitute: disabled`. A value that is not known stands as a dummy. Throws `FairleadError`
 * `render-failed` for a bad name or expression, where Flux would apply nothing.
 */
export async function substituteVariables(
  resources: readonly Resource[],
  input: SubstituteInput,
  signal: AbortSignal,
): Promise<readonly SubstitutedResource[]> {
  const { postBuild } = input.kustomization;
  const open = resources.filter(({ object }) => !isDisabled(object));
  const names = secretNames(open, input.variables);
  const hasAny = input.variables.values.size > 0 || names.size > 0;
  if (postBuild === null || !(hasAny || postBuild.isAlways)) return resources.map(unchanged);
  checkNames(input);
  const plain = Object.fromEntries(input.variables.values);
  const run = (values: VariableValues, isOpen: boolean) => runOver(open, { ...input, values, isOpen, signal });
  // With dummies first: what they break is told with the library's words, which quote values.
  const dummied = [];
  for (const letter of names.size === 0 ? [] : (['a', 'b'] as const)) {
    dummied.push(await run({ ...plain, ...dummies(names, letter) }, true));
  }
  const [first, other] = dummied;
  const results = await run({ ...dummies(names, 'a'), ...plain }, names.size === 0);
  const pointers = results.map((_, index) => differingPointers(first?.[index] ?? null, other?.[index] ?? null));
  const changed = new Map(
    open.map((resource, index) => {
      const after = identified(resource, results[index] ?? resource.object);
      return [resource, { resource: after, secret: pointers[index] ?? [] }];
    }),
  );
  return resources.map((resource) => changed.get(resource) ?? unchanged(resource));
}

function unchanged(resource: Resource): SubstitutedResource {
  return { resource, secret: [] };
}

const disablingKey = 'kustomize.toolkit.fluxcd.io/substitute';

function isDisabled(object: JsonObject): boolean {
  return ['labels', 'annotations'].some((field) => pickText(object, 'metadata', field, disablingKey) === 'disabled');
}

/** The variables whose value must not show; with unknown ones about, every name that is used and not given. */
function secretNames(resources: readonly Resource[], { values, secret, hasUnknown }: Variables): ReadonlySet<string> {
  if (!hasUnknown) return secret;
  const used = resources.flatMap(({ object }) => [...stringifyJson(object).matchAll(/\$\{#?([\p{L}\p{Nd}_]+)/gu)]);
  return new Set([...secret, ...used.map(([, name = '']) => name).filter((name) => !values.has(name))]);
}

/** Values that differ in every character and in length, so that whatever is cut out of them differs too. */
function dummies(names: ReadonlySet<string>, letter: 'a' | 'b'): VariableValues {
  const value = letter.repeat(letter === 'a' ? 61 : 67);
  return Object.fromEntries([...names].map((name) => [name, value]));
}

function checkNames({ kustomization, variables }: SubstituteInput): void {
  const bad = [...variables.values.keys()].find((name) => !/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name));
  if (bad === undefined) return;
  throw new FairleadError({
    code: 'render-failed',
    message: `Kustomization ${kustomization.name}: ${JSON.stringify(bad)} cannot be the name of a variable.`,
    subject: placeOf(kustomization.resource),
    remedy: 'Use letters, digits and underscores, and no digit first; a dash or dot is not allowed.',
  });
}

async function runOver(
  resources: readonly Resource[],
  run: SubstituteInput & {
    readonly values: VariableValues;
    /** Whether what the library says of a fault may be told. */
    readonly isOpen: boolean;
    readonly signal: AbortSignal;
  },
): Promise<readonly JsonObject[]> {
  const objects = resources.map(({ object }) => object);
  const results = await run.substituter.substitute(objects, run.values, run);
  return results.map((result, index) => {
    if (result.kind === 'object') return result.object;
    const why = run.isOpen ? result.message : 'the value of a secret variable makes it no YAML';
    throw substituteFailed(why, resources[index], run.kustomization);
  });
}

function substituteFailed(why: string, resource: Resource | undefined, { name }: FluxKustomization): FairleadError {
  const subject = resource === undefined ? name : formatResource(resource.id);
  return new FairleadError({
    code: 'render-failed',
    message: `Kustomization ${name}: variables cannot be put into ${subject}: ${why}.`,
    subject: resource === undefined ? name : placeOf(resource),
    remedy: 'Correct the expression, or write $${…} where the text is meant as it stands.',
  });
}

function placeOf({ source, id }: Resource): string {
  return source === null ? formatResource(id) : `${source.file}:${source.line}`;
}
