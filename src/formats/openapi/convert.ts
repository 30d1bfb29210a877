import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { compileGoPattern } from '../../tools/go-pattern.ts';
import { isBuiltIn, microTimeName, quantityName, referenceOf } from './definition.ts';
import { numberFormats, stringFormats } from './formats.ts';
import { unenforced } from './overlay.ts';

/** A document's definitions as JSON schema, closed where the server prunes or refuses unknown fields. */
export interface StrictDefinitions {
  /** One of them, made when it is asked for. Others are referred to by `definitionKeyword`. */
  definition(name: string): object;
  /** Patterns that JavaScript cannot read as Go does, so that they are not checked. */
  unchecked(): readonly string[];
}

/** The keyword whose value names the definition a value must follow: unlike `$ref`, it need not be compiled before a value has it. */
export const definitionKeyword = 'x-definition';

/** How one definition is read. */
interface Reading {
  /** The definition's type, such as `Container`. */
  readonly type: string;
  readonly builtIn: boolean;
  /** Whether unknown fields are refused here: not inside allOf, anyOf, oneOf, not, which only add value rules. */
  readonly closed: boolean;
  readonly unchecked: string[];
}

type Schema = Record<string, unknown>;

/**
 * Turns OpenAPI v3 definitions of an API server, or the schema of a custom resource definition, into JSON schema for strict
 * validation. Only known keywords are copied: the schema may come from a pull request.
 */
export function convertDefinitions(source: JsonObject): StrictDefinitions {
  const convertNamed = (name: string, unchecked: string[]): object => {
    const type = name.slice(name.lastIndexOf('.') + 1);
    return leaves[name] ?? convert(source[name], { type, builtIn: isBuiltIn(name), closed: true, unchecked });
  };
  let found: string[] | undefined;
  const findUnchecked = (): string[] => {
    const unchecked: string[] = [];
    for (const name of Object.keys(source)) convertNamed(name, unchecked);
    return unchecked;
  };
  return { definition: (name) => convertNamed(name, []), unchecked: () => (found ??= findUnchecked()) };
}

const leaves: Readonly<Record<string, object>> = {
  [quantityName]: { type: ['string', 'number'], format: 'quantity' },
  [microTimeName]: { type: ['string'], format: 'micro-time' },
};

function convert(schema: Json | undefined, reading: Reading): Schema {
  if (!isJsonObject(schema)) return {};
  const reference = referenceOf(schema);
  if (reference !== null) return { [definitionKeyword]: reference };
  const typed = { ...typeRules(schema), ...objectRules(schema, reading), ...valueRules(schema, reading) };
  if (isJsonObject(schema.items)) Object.assign(typed, { items: convert(itemSchema(schema.items, reading), reading) });
  return { ...typed, ...junctorRules(schema, reading) };
}

/** The server reads a null in a list of its own scalars as the empty value; its documents say so by a default, the bundle not. */
function itemSchema(items: JsonObject, reading: Reading): JsonObject {
  return reading.builtIn ? { default: null, ...items } : items;
}

function typeRules(schema: JsonObject): Schema {
  const types = isIntOrString(schema) ? ['integer', 'string'] : typeof schema.type === 'string' ? [schema.type] : [];
  if (types.length === 0) return {};
  const known = types.filter((type) => jsonTypes.has(type));
  // The server drops a null where a default would replace it.
  const takesNull = schema.nullable === true || schema.default !== undefined;
  return known.length === 0 ? {} : { type: takesNull ? [...known, 'null'] : known };
}

const jsonTypes = new Set(['object', 'array', 'string', 'integer', 'number', 'boolean']);

function isIntOrString(schema: JsonObject): boolean {
  return schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true;
}

function objectRules(schema: JsonObject, reading: Reading): Schema {
  const properties = propertyRules(schema, reading);
  const { additionalProperties } = schema;
  if (isJsonObject(additionalProperties)) {
    return { ...properties, additionalProperties: convert(additionalProperties, reading) };
  }
  if (!isClosed(schema, reading)) return properties;
  return { properties: {}, ...properties, additionalProperties: false };
}

function propertyRules(schema: JsonObject, reading: Reading): Schema {
  const { properties, required } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true ? embeddedProperties : {};
  const given = isJsonObject(properties) ? properties : {};
  const converted = Object.entries(given).map(([name, value]) => [name, convert(value, reading)] as const);
  const needed = isJsonList(required) ? required.filter((name) => isNeeded(name, given, reading)) : [];
  return {
    ...(isJsonObject(properties) && { properties: { ...embedded, ...Object.fromEntries(converted) } }),
    ...(needed.length > 0 && { required: needed }),
  };
}

const embeddedProperties = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } };

/** A custom resource gets its defaults before it is validated; the server's own types have no wish for some fields. */
function isNeeded(name: Json, properties: JsonObject, reading: Reading): boolean {
  if (typeof name !== 'string') return false;
  const property = properties[name];
  if (!isJsonObject(property)) return true;
  if (!reading.builtIn) return property.default === undefined;
  return property.type !== 'boolean' && !forgiven.has(`${reading.type}.${name}`);
}

const forgiven = new Set(unenforced.trim().split(/\s+/));

function isClosed(schema: JsonObject, reading: Reading): boolean {
  if (!reading.closed || schema['x-kubernetes-preserve-unknown-fields'] === true) return false;
  if (schema.additionalProperties === true) return false;
  // A built-in type without properties is free JSON (RawExtension); a custom one is pruned to nothing.
  return isJsonObject(schema.properties) || (!reading.builtIn && schema.type === 'object');
}

const numberKeywords =
  `multipleOf maximum minimum maxLength minLength maxItems minItems maxProperties minProperties`.split(' ');

function valueRules(schema: JsonObject, reading: Reading): Schema {
  const rules: Schema = {};
  for (const keyword of numberKeywords) if (typeof schema[keyword] === 'number') rules[keyword] = schema[keyword];
  // `uniqueItems` is left out: the server refuses a definition that has it, since its cost is quadratic.
  if (schema.exclusiveMinimum === true) replace(rules, 'minimum', 'exclusiveMinimum');
  if (schema.exclusiveMaximum === true) replace(rules, 'maximum', 'exclusiveMaximum');
  return { ...rules, ...enumRule(schema, reading), ...patternRule(schema, reading), ...formatRule(schema) };
}

/** OpenAPI 3.0 marks a limit as exclusive; JSON schema has a keyword of its own for it. */
function replace(rules: Schema, from: string, to: string): void {
  if (rules[from] === undefined) return;
  rules[to] = rules[from];
  delete rules[from];
}

/** An empty string in a built-in type means absent: the server then puts the default. */
function enumRule(schema: JsonObject, reading: Reading): Schema {
  if (!isJsonList(schema.enum) || schema.enum.length === 0) return {};
  const extra = [...(reading.builtIn ? [''] : []), ...(schema.nullable === true ? [null] : [])];
  return { enum: [...new Set([...schema.enum, ...extra])] };
}

function patternRule(schema: JsonObject, reading: Reading): Schema {
  if (typeof schema.pattern !== 'string') return {};
  if (compileGoPattern(schema.pattern) !== null) return { pattern: schema.pattern };
  reading.unchecked.push(schema.pattern);
  return {};
}

function formatRule(schema: JsonObject): Schema {
  const { format } = schema;
  const known =
    typeof format === 'string' && (Object.hasOwn(stringFormats, format) || Object.hasOwn(numberFormats, format));
  return known ? { format } : {};
}

function junctorRules(schema: JsonObject, reading: Reading): Schema {
  const inside = { ...reading, closed: false };
  const rules: Schema = {};
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const parts = schema[keyword];
    // What an int-or-string says about its own type is already in its type.
    if (isJsonList(parts) && !isIntOrString(schema)) rules[keyword] = parts.map((part) => convert(part, inside));
  }
  return isJsonObject(schema.not) ? { ...rules, not: convert(schema.not, inside) } : rules;
}
