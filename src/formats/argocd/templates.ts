import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Parameters } from './parameters.ts';

/** What a template becomes, or why it cannot be executed. */
export type TemplateOutcome = { readonly text: string } | { readonly error: string };

/** Puts parameters into texts. */
export interface TemplateEngine {
  /** For each set of parameters one outcome for each text. With `isStrict` a parameter that is not there is an error. */
  render(
    texts: readonly string[],
    sets: readonly Parameters[],
    options: { readonly isStrict: boolean },
  ): Promise<readonly (readonly TemplateOutcome[])[]>;
}

/**
 * Templates without `goTemplate`: `{{ name }}` is the parameter of that name where it is text, else it stays as it is
 * (valyala/fasttemplate, as Argo CD 3.5 uses it).
 */
export const plainTemplates: TemplateEngine = {
  render: async (texts, sets) => sets.map((parameters) => texts.map((text) => replacePlain(text, parameters))),
};

function replacePlain(text: string, parameters: Parameters): TemplateOutcome {
  // A text without a pair on one line is no template at all.
  if (!text.split('\n').some(hasTag)) return { text };
  const pieces: string[] = [];
  let end = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', end)) {
    const close = text.indexOf('}}', open + 2);
    if (close === -1) return { error: `invalid template: Cannot find end tag="}}" in the template="${text}"` };
    const tag = text.slice(open + 2, close);
    const name = tag.trim();
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    pieces.push(text.slice(end, open), name !== '' && typeof value === 'string' ? value : `{{${tag}}}`);
    end = close + 2;
  }
  return { text: pieces.join('') + text.slice(end) };
}

function hasTag(line: string): boolean {
  const open = line.indexOf('{{');
  return open !== -1 && line.lastIndexOf('}}') >= open + 2;
}

/** A template that cannot be executed; the message is the library's. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** Tells what of a value is rendered otherwise than the rest. */
export type IsValues = (path: readonly (string | number)[]) => boolean;

/** Renders every text and key of a value, once for each set of parameters. Throws `TemplateError`. */
export async function renderDeep(
  value: JsonObject,
  sets: readonly Parameters[],
  engine: TemplateEngine,
): Promise<readonly JsonObject[]> {
  return renderWhere(value, sets, { engine, isValues: () => false });
}

/**
 * The same, where objects for which `isValues` holds keep a text as it is while its parameters are not there yet: they are
 * filled later, with the generator's own.
 */
export async function renderWhere(
  value: JsonObject,
  sets: readonly Parameters[],
  { engine, isValues }: { readonly engine: TemplateEngine; readonly isValues: IsValues },
): Promise<readonly JsonObject[]> {
  const found = { loose: new Set<string>(), strict: new Set<string>() };
  collect(value, [], { found, isValues });
  const [loose, strict] = [[...found.loose], [...found.strict]];
  const looseOutcomes = await engine.render(loose, sets, { isStrict: false });
  const strictOutcomes = await engine.render(strict, sets, { isStrict: true });
  return sets.map((_, index) => {
    const lookUp: LookUp = {
      isValues,
      loose: new Map(loose.map((text, at) => [text, textOf(looseOutcomes[index]?.[at], text)])),
      strict: new Map(strict.map((text, at) => [text, keepMissing(strictOutcomes[index]?.[at], text)])),
    };
    return rebuildObject(value, [], lookUp);
  });
}

type Path = readonly (string | number)[];

interface Search {
  readonly found: { readonly loose: Set<string>; readonly strict: Set<string> };
  readonly isValues: IsValues;
}

function collect(value: Json, path: Path, search: Search): void {
  if (typeof value === 'string') search.found.loose.add(value);
  else if (isJsonList(value)) for (const [index, item] of value.entries()) collect(item, [...path, index], search);
  else if (isJsonObject(value)) collectObject(value, path, search);
}

function collectObject(value: JsonObject, path: Path, search: Search): void {
  const isValues = search.isValues(path);
  for (const [key, item] of Object.entries(value)) {
    if (isValues && typeof item === 'string') search.found.strict.add(item);
    if (isValues) continue;
    search.found.loose.add(key);
    collect(item, [...path, key], search);
  }
}

interface LookUp {
  readonly isValues: IsValues;
  readonly loose: ReadonlyMap<string, string>;
  readonly strict: ReadonlyMap<string, string>;
}

function rebuild(value: Json, path: Path, lookUp: LookUp): Json {
  if (typeof value === 'string') return lookUp.loose.get(value) ?? value;
  if (isJsonList(value)) return value.map((item, index) => rebuild(item, [...path, index], lookUp));
  return isJsonObject(value) ? rebuildObject(value, path, lookUp) : value;
}

function rebuildObject(value: JsonObject, path: Path, lookUp: LookUp): JsonObject {
  const entries = Object.entries(value);
  if (lookUp.isValues(path)) {
    return Object.fromEntries(
      entries.map(([key, item]) => [key, typeof item === 'string' ? (lookUp.strict.get(item) ?? item) : item]),
    );
  }
  return Object.fromEntries(
    entries.map(([key, item]) => [lookUp.loose.get(key) ?? key, rebuild(item, [...path, key], lookUp)]),
  );
}

/** The text of an outcome. Throws `TemplateError`. */
export function textOf(outcome: TemplateOutcome | undefined, template: string): string {
  if (outcome === undefined) return template;
  if ('error' in outcome) throw new TemplateError(outcome.error);
  return outcome.text;
}

function keepMissing(outcome: TemplateOutcome | undefined, template: string): string {
  const isMissing =
    outcome !== undefined && 'error' in outcome && /map has no entry for key|can't evaluate field/.test(outcome.error);
  return isMissing ? template : textOf(outcome, template);
}
