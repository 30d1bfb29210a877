import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { nearest } from '../../formats/nearest.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { schemaOf } from './config-schema.ts';
import type { Group, Shape } from './option.ts';
import { configOptions, durationRule } from './options.ts';
import { type ConfigPath, type Fault, listed, quote } from './problem.ts';

/** What the schema says about a file. */
export function schemaFaults(value: Json, engines: readonly string[]): readonly Fault[] {
  return optionFaults(value, optionsFor(engines));
}

/** What the schema made of some options says about a file of them. */
export function optionFaults(value: Json, options: Group): readonly Fault[] {
  if (!isJsonObject(value)) {
    const message = value === null ? 'the file is empty' : `expected a mapping, found ${typeName(value)}`;
    return [{ at: [], message, fix: 'Write at least version: 1.' }];
  }
  const validate = validatorFor(options);
  if (validate(value)) return [];
  return (validate.errors ?? []).filter(isWanted).map((error) => faultOf(error, value, options));
}

/** The engines of a process do not change: one is enough. */
let known: { readonly key: string; readonly options: Group } | null = null;

function optionsFor(engines: readonly string[]): Group {
  const key = engines.join('\n');
  if (known?.key !== key) known = { key, options: configOptions(engines) };
  return known.options;
}

const compiled = new WeakMap<Group, ValidateFunction>();

function validatorFor(options: Group): ValidateFunction {
  const found = compiled.get(options);
  if (found !== undefined) return found;
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, ownProperties: true, logger: false });
  const validate = ajv.compile(schemaOf(options, { title: '', description: '' }));
  compiled.set(options, validate);
  return validate;
}

/** A name that breaks its rule is told once, by `propertyNames`. */
function isWanted(error: ErrorObject): boolean {
  return error.propertyName === undefined;
}

function faultOf(error: ErrorObject, root: JsonObject, options: Group): Fault {
  const at = pathOf(error.instancePath, root);
  const shape = shapeAt(options, at);
  const teller = tellers[error.keyword];
  if (teller !== undefined) return teller({ error, at, shape });
  return { at, message: `${quote(error.data)} ${error.message ?? 'is not allowed'}`, fix: expectation(shape) };
}

interface Broken {
  readonly error: ErrorObject;
  readonly at: ConfigPath;
  readonly shape: Shape | null;
}

/** How each keyword of the schema is told. */
const tellers: Readonly<Record<string, (broken: Broken) => Fault>> = {
  additionalProperties: ({ error, at, shape }) => {
    const key = String(error.params['additionalProperty']);
    const known = shape?.kind === 'group' ? shape.options.map(({ name }) => name) : [];
    return { at: [...at, key], message: `unknown key${meant(key, known)}`, fix: `Known here: ${listed(known)}.` };
  },
  propertyNames: ({ error, at, shape }) => {
    const key = String(error.params['propertyName']);
    const is = shape?.kind === 'named' ? shape.names.is : 'a name that is allowed here';
    return { at: [...at, key], message: `${quote(key)} is not ${is}`, fix: 'Choose another name.' };
  },
  required: ({ error, at, shape }) => {
    const key = String(error.params['missingProperty']);
    const option = shape?.kind === 'group' ? shape.options.find(({ name }) => name === key) : undefined;
    return { at: [...at, key], message: 'is missing', fix: `Write ${key}: ${example(option?.examples[0])}.` };
  },
  enum: ({ error, at, shape }) => {
    const allowed = shape?.kind === 'choice' ? shape.of : [];
    const near = typeof error.data === 'string' ? meant(error.data, allowed) : '';
    return { at, message: `${quote(error.data)} is not allowed${near}`, fix: `Write ${oneOf(allowed)}.` };
  },
  const: ({ error, at, shape }) => {
    const allowed = quote(error.params['allowedValue']);
    return { at, message: `${quote(error.data)} is not allowed`, fix: expectation(shape) || `Write ${allowed}.` };
  },
  type: ({ error, at, shape }) => {
    return { at, message: `expected ${kindName(shape)}, found ${typeName(error.data)}`, fix: expectation(shape) };
  },
  pattern: ({ error, at, shape }) => {
    return { at, message: `${quote(error.data)} is not ${ruleText(shape)}`, fix: expectation(shape) };
  },
  uniqueItems: ({ error, at }) => {
    const [first, second] = [Number(error.params['j']), Number(error.params['i'])].toSorted((a, b) => a - b);
    const items: readonly unknown[] = Array.isArray(error.data) ? error.data : [];
    const index = second ?? first ?? 0;
    return { at: [...at, index], message: `${quote(items[index])} is listed twice`, fix: 'Keep one of them.' };
  },
  minimum: outside,
  maximum: outside,
};

function outside({ error, at, shape }: Broken): Fault {
  const is = shape?.kind === 'count' ? `between ${shape.least} and ${shape.most}` : durationRule.is;
  return { at, message: `${quote(error.data)} is not ${is}`, fix: expectation(shape) };
}

function meant(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `; did you mean ${quote(near)}?`;
}

/** `a`, `a or b`, `one of a, b, c`. */
function oneOf(allowed: readonly string[]): string {
  if (allowed.length > 2) return `one of ${allowed.join(', ')}`;
  return allowed.length === 0 ? 'something else' : allowed.join(' or ');
}

function example(value: Json | undefined): string {
  return typeof value === 'string' ? value : quote(value);
}

/** What to write instead, as a sentence. */
function expectation(shape: Shape | null): string {
  switch (shape?.kind) {
    case 'constant':
      return `Write ${shape.value}, the format this Fairlead reads.`;
    case 'choice':
      return `Write ${oneOf(shape.of)}.`;
    case 'text':
    case 'texts':
      return `Write ${shape.rule.is}.`;
    case 'duration':
      return `Write ${durationRule.is}, or 0.`;
    case 'count':
      return `Write a whole number between ${shape.least} and ${shape.most}.`;
    case 'group':
      return `Write a mapping, or remove it. Known here: ${listed(shape.options.map(({ name }) => name))}.`;
    case 'named':
      return `Write a mapping of ${shape.word.toLowerCase()}s, or remove it.`;
    default:
      return 'Correct it.';
  }
}

function kindName(shape: Shape | null): string {
  switch (shape?.kind) {
    case 'text':
      return 'a text';
    case 'texts':
      return shape.alone ? 'a text or a list of texts' : 'a list of texts';
    case 'count':
    case 'constant':
      return 'a whole number';
    case 'duration':
      return 'a duration';
    case 'choice':
      return 'a word';
    default:
      return 'a mapping';
  }
}

function ruleText(shape: Shape | null): string {
  if (shape?.kind === 'text' || shape?.kind === 'texts') return shape.rule.is;
  return shape?.kind === 'duration' ? durationRule.is : 'allowed';
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `the text ${quote(value)}` : quote(value);
}

/** Keys and indexes of a JSON pointer; whether a step is an index is what the value says. */
function pathOf(pointer: string, root: Json): ConfigPath {
  let current: Json | undefined = root;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const isIndex = isJsonList(current);
      if (isJsonList(current)) current = current[Number(key)];
      else current = isJsonObject(current) ? current[key] : undefined;
      return isIndex ? Number(key) : key;
    });
}

/** What may stand at a path; null where nothing is known. Items of a list are described by the list. */
function shapeAt(options: Group, path: ConfigPath): Shape | null {
  let shape: Shape | undefined = options;
  for (const step of path) {
    if (shape?.kind === 'group') shape = shape.options.find(({ name }) => name === step)?.shape;
    else if (shape?.kind === 'named') shape = shape.of;
    else if (shape?.kind === 'texts') shape = { kind: 'text', rule: shape.rule };
    else return null;
  }
  return shape ?? null;
}
