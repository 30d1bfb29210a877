import type { FluxHelmRelease, ValuesFrom } from '../../formats/flux/helm-release.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import type { HelmOptions } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding, Severity } from '../../model/finding.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { LookedUp, Lookup } from './flux-variables.ts';

/** The values of a HelmRelease. */
export interface ComposedValues {
  readonly values: JsonObject;
  /** One for each `targetPath`: they win over all values. */
  readonly parameters: HelmOptions['parameters'];
  /** Values and parameters twice, with others in the place of those that came from Secrets; empty where none did. */
  readonly dummies: readonly Pick<HelmOptions, 'values' | 'parameters'>[];
  readonly findings: readonly Finding[];
}

/**
 * The values of a HelmRelease as helm-controller merges them (fluxcd/pkg/chartutil, ChartValuesFromReferences): each entry of
 * `valuesFrom` over those before, `spec.values` over them, single values with a `targetPath` over all. Where `spec.values` sets the very
 * path of a single value too, Flux' order depends on where else it is set; here the single value wins, as its API says.
 */
export async function composeValues(release: FluxHelmRelease, lookup: Lookup): Promise<ComposedValues> {
  const parts = await Promise.all(
    release.valuesFrom.map(async (from) =>
      partOf(release, from, await lookup(from.kind, release.namespace, from.name)),
    ),
  );
  const layers = parts.flatMap((part) => (part.kind === 'layer' ? [part] : []));
  const singles = parts.flatMap((part) => (part.kind === 'single' ? [part] : []));
  const mergeAll = (letter: 'a' | 'b' | null): JsonObject =>
    [
      ...layers.map((layer) => (layer.isSecret && letter !== null ? withDummies(layer.values, letter) : layer.values)),
      release.values,
    ].reduce<JsonObject>(mergeValues, {});
  const isSecret = [...layers, ...singles].some((part) => part.isSecret);
  const parametersOf = (letter: 'a' | 'b' | null): HelmOptions['parameters'] =>
    singles.map((single) => {
      const { name, value, isString } = single;
      return { name, value: single.isSecret && letter !== null ? withDummies(value, letter) : value, isString };
    });
  const letters: readonly ('a' | 'b')[] = isSecret ? ['a', 'b'] : [];
  return {
    values: mergeAll(null),
    parameters: parametersOf(null),
    dummies: letters.map((letter) => ({ values: [mergeAll(letter)], parameters: parametersOf(letter) })),
    findings: parts.flatMap((part) => (part.kind === 'none' ? part.findings : [])),
  };
}

/** The same structure with other values: to find by two renders where the values of Secrets went. */
export function withDummies<T extends Json>(value: T, letter: 'a' | 'b'): T {
  // The shape is kept, only scalars change: what T says of it stays true.
  return dummy(value, letter) as T;
}

/** Helm's merge: maps are merged, anything else replaced. */
export function mergeValues(below: JsonObject, above: JsonObject): JsonObject {
  const merged = Object.entries(above).map(([key, value]): readonly [string, Json] => {
    const old = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isJsonObject(value) && isJsonObject(old) ? mergeValues(old, value) : value];
  });
  return { ...below, ...Object.fromEntries(merged) };
}

type Part =
  | { readonly kind: 'layer'; readonly values: JsonObject; readonly isSecret: boolean }
  | {
      readonly kind: 'single';
      readonly name: string;
      readonly value: string;
      readonly isString: boolean;
      readonly isSecret: boolean;
    }
  | { readonly kind: 'none'; readonly findings: readonly Finding[] };

function partOf(release: FluxHelmRelease, from: ValuesFrom, found: LookedUp): Part {
  const object = `${from.kind} ${release.namespace}/${from.name}`;
  const none = (severity: Severity, rule: string, message: string): Part => ({
    kind: 'none',
    findings: [finding(release, from, { severity, rule, message: `HelmRelease ${release.name} ${message}` })],
  });
  if (found.kind === 'secret') {
    return none(
      'caution',
      'flux-values-hidden',
      `takes values from ${object}, which are not read: what depends on them is not shown.`,
    );
  }
  const text = found.kind === 'values' && Object.hasOwn(found.values, from.key) ? found.values[from.key] : undefined;
  if (text === undefined) {
    if (from.isOptional) return { kind: 'none', findings: [] };
    const what = found.kind === 'missing' ? object : `the key ${from.key} of ${object}`;
    return none(
      'caution',
      'flux-values-missing',
      `takes values from ${what}, which is not there: Flux releases nothing until it is.`,
    );
  }
  const isSecret = from.kind === 'Secret';
  if (from.targetPath !== null) return { kind: 'single', name: from.targetPath, ...single(text), isSecret };
  const values = readValues(text, object);
  if (values === null)
    return none(
      'block',
      'flux-values-invalid',
      `takes values from the key ${from.key} of ${object}, which holds no YAML map.`,
    );
  return { kind: 'layer', values, isSecret };
}

/** A value in quotes is text (ReplacePathValue). */
function single(text: string): { readonly value: string; readonly isString: boolean } {
  const isString = ["'", '"'].some((quote) => text.startsWith(quote) && text.endsWith(quote));
  return { value: isString ? text.replace(/^['"]+|['"]+$/g, '') : text, isString };
}

/** Null for what is no map. What YAML says of it is not told: it may be secret. */
function readValues(text: string, file: string): JsonObject | null {
  try {
    const [document] = decodeYaml({ file, bytes: new TextEncoder().encode(text) });
    if (document === undefined) return {};
    return isJsonObject(document.value) ? document.value : null;
  } catch (fault) {
    if (fault instanceof FairleadError && fault.code === 'decode-failed') return null;
    throw fault;
  }
}

function finding(
  { resource }: FluxHelmRelease,
  { line }: ValuesFrom,
  words: Pick<Finding, 'rule' | 'severity' | 'message'>,
): Finding {
  return { ...words, target: null, resource: resource.id, file: resource.source?.file ?? null, line, fix: null };
}

function dummy(value: Json, letter: 'a' | 'b'): Json {
  if (isJsonList(value)) return value.map((item) => dummy(item, letter));
  if (isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, dummy(item, letter)]));
  }
  if (typeof value === 'string') return letter.repeat(letter === 'a' ? 61 : 67);
  if (typeof value === 'number' || typeof value === 'bigint') return letter === 'a' ? 11 : 13;
  return typeof value === 'boolean' ? letter === 'a' : null;
}
