import { isJsonObject, type Json } from '../../model/json.ts';
import type { Group, Option, Shape } from './option.ts';
import { configOptions, durationRule } from './options.ts';

/** The page that lists every option of `.fairlead.yaml`. */
export function configReference({ engines }: { readonly engines: readonly string[] }): string {
  const options = configOptions(engines);
  return `<!-- Generated from the options in src/world/config. Do not edit: a test compares this page with them. -->

# .fairlead.yaml

The file at the root of the repository says what Fairlead does there. It is optional: without it, Fairlead only watches and
tells. It is read from the protected branch, never from a pull's own head; a pull that changes it is told what it changes.
It is YAML 1.2 and at most 256 KiB. Unknown keys are problems, not ignored.

\`fairlead config check\` checks the file, \`fairlead config explain\` says where each value comes from, and
\`fairlead config schema\` prints the JSON Schema, which is also kept in [fairlead.schema.json](fairlead.schema.json) for editors.

## Example

\`\`\`yaml
${exampleConfig}\`\`\`

## Options

| Option | Takes | Default | Meaning |
| --- | --- | --- | --- |
${optionRows(options).join('\n')}

A duration is ${durationRule.is.replace(/^a duration such as /, 'written such as ')}, or 0. A glob is matched against whole paths from the root of the
repository.

## Examples of values

${optionExamples(options).join('\n')}
`;
}

/** What a repository with two stages writes. A test reads it. */
export const exampleConfig = `version: 1
mode: enforce
environments:
  staging:
    match: apps/*/overlays/staging
    clusters: [stg-eu]
    deploy: {on: merge}
  prod:
    match: [apps/*/overlays/prod, charts/*/values-prod.yaml]
    clusters: [prod-eu, prod-us]
    deploy:
      on: merge
      after: {environment: staging, healthyFor: 3m}
      approvals: {count: 1, teams: [acme/sre]}
    onFailure: {action: revert-pr}
    onDrift: {action: report}
applications:
  checkout: {path: apps/checkout}
policy:
  rules:
    image-latest: block
`;

/** Rows of a table of options: path, what it takes, default, meaning. */
export function optionRows(options: Group): readonly string[] {
  return rows(options, '');
}

/** Values of options as they may be written, one item of a list each. */
export function optionExamples(options: Group): readonly string[] {
  return examples(options, '');
}

function rows(group: Group, prefix: string): readonly string[] {
  return group.options.flatMap((option) => {
    const path = `${prefix}${option.name}`;
    return [row(path, option), ...insideRows(option.shape, path)];
  });
}

function row(path: string, option: Option): string {
  const preset = option.required === true ? 'must be written' : defaultText(option);
  return `| ${[`\`${path}\``, takes(option.shape), preset, option.text].map(cell).join(' | ')} |`;
}

function insideRows(shape: Shape, path: string): readonly string[] {
  if (shape.kind === 'group') return rows(shape, `${path}.`);
  if (shape.kind !== 'named') return [];
  return shape.of.kind === 'group' ? rows(shape.of, `${path}.${shape.word}.`) : [];
}

function defaultText({ default: preset, shape }: Option): string {
  if (preset === null) return 'none';
  if (isJsonObject(preset)) return shape.kind === 'named' ? 'none' : 'as below';
  return Array.isArray(preset) && preset.length === 0 ? 'none' : `\`${valueText(preset)}\``;
}

function takes(shape: Shape): string {
  switch (shape.kind) {
    case 'constant':
      return `\`${shape.value}\``;
    case 'choice':
      return shape.of.map((word) => `\`${word}\``).join(', ');
    case 'text':
      return shape.rule.is;
    case 'texts':
      return `${shape.alone ? 'one or a list of: ' : 'a list of: '}${shape.rule.is}`;
    case 'duration':
      return durationRule.is;
    case 'count':
      return `${shape.least} to ${shape.most}`;
    case 'group':
      return 'a mapping';
    case 'named':
      return namedText(shape);
    default:
      return shape satisfies never;
  }
}

function namedText({ word, names, of }: Extract<Shape, { kind: 'named' }>): string {
  const what = of.kind === 'group' ? 'a mapping' : takes(of);
  return `by ${word}: ${what}. ${word} is ${names.is}`;
}

function examples(group: Group, prefix: string): readonly string[] {
  return group.options.flatMap((option) => {
    const path = `${prefix}${option.name}`;
    const own = option.examples.map((value) => `- \`${path}: ${valueText(value)}\``);
    const { shape } = option;
    if (shape.kind === 'group') return [...own, ...examples(shape, `${path}.`)];
    return shape.kind === 'named' && shape.of.kind === 'group'
      ? [...own, ...examples(shape.of, `${path}.${shape.word}.`)]
      : own;
  });
}

/** A value on one line, as YAML. */
function valueText(value: Json): string {
  if (isJsonObject(value))
    return `{${Object.entries(value)
      .map(([key, entry]) => `${key}: ${valueText(entry)}`)
      .join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map((item: Json) => valueText(item)).join(', ')}]`;
  return String(value);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
