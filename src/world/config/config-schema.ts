import type { JsonObject } from '../../model/json.ts';
import type { Group, Option, Shape, TextRule } from './option.ts';
import { configOptions, durationRule } from './options.ts';

/** The JSON Schema (draft-07, which editors know) of `.fairlead.yaml`, made of its options. */
export function configSchema({ engines }: { readonly engines: readonly string[] }): JsonObject {
  return schemaOf(configOptions(engines), {
    title: 'Fairlead: .fairlead.yaml',
    description: 'What Fairlead does in this repository. Read from the protected branch only.',
  });
}

/** The JSON Schema (draft-07) of a file made of options. */
export function schemaOf(options: Group, about: { readonly title: string; readonly description: string }): JsonObject {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...about, ...shapeSchema(options) };
}

function optionSchema(option: Option): JsonObject {
  const { text, examples } = option;
  const preset = option.default === null ? {} : { default: option.default };
  return { description: text, ...shapeSchema(option.shape), ...preset, examples };
}

function shapeSchema(shape: Shape): JsonObject {
  switch (shape.kind) {
    case 'constant':
      return { const: shape.value };
    case 'choice':
      return { enum: shape.of };
    case 'text':
      return textSchema(shape.rule);
    case 'texts':
      return textsSchema(shape);
    case 'duration':
      return { type: ['string', 'integer'], pattern: durationRule.pattern, minimum: 0, maximum: 0 };
    case 'count':
      return { type: 'integer', minimum: shape.least, maximum: shape.most };
    case 'group':
      return groupSchema(shape.options);
    case 'named':
      return {
        type: 'object',
        propertyNames: { pattern: shape.names.pattern },
        additionalProperties: shapeSchema(shape.of),
      };
    default:
      return shape satisfies never;
  }
}

function textSchema(rule: TextRule): JsonObject {
  return { type: 'string', pattern: rule.pattern };
}

function textsSchema({ rule, alone }: Extract<Shape, { kind: 'texts' }>): JsonObject {
  const list = { items: textSchema(rule), uniqueItems: true };
  return alone ? { type: ['string', 'array'], pattern: rule.pattern, ...list } : { type: 'array', ...list };
}

function groupSchema(options: readonly Option[]): JsonObject {
  const required = options.filter((option) => option.required === true).map(({ name }) => name);
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(options.map((option) => [option.name, optionSchema(option)])),
  };
}
