import type { Group, Option, Shape, TextRule } from './option.ts';

/** The first option of every file of ours. */
export const formatVersion: Option = {
  name: 'version',
  text: 'Version of this format.',
  shape: { kind: 'constant', value: 1 },
  default: null,
  examples: [1],
  required: true,
};

/** Options of a mapping that holds its defaults where it is left out. */
export function group(options: readonly Option[]): Group {
  return { kind: 'group', options, isOptional: false };
}

/** Options of a mapping that means nothing where it is left out. */
export function optional(options: readonly Option[]): Group {
  return { kind: 'group', options, isOptional: true };
}

/** One of these words. */
export function choice(...of: readonly string[]): Shape {
  return { kind: 'choice', of };
}

/** What a text must look like; `is` ends the sentence `"…" is not `. */
export function pattern(expression: string, is: string): TextRule {
  return { pattern: expression, is };
}

/** An option that takes a text and holds nothing where it is left out. */
export function text(name: string, about: string, rule: TextRule, example: string): Option {
  return { name, text: about, shape: { kind: 'text', rule }, default: null, examples: [example] };
}

/** The same option, to be written always. */
export function required(option: Option): Option {
  return { ...option, required: true };
}

/** An option that takes a list of texts. */
export function list(name: string, about: string, rule: TextRule, example: readonly string[]): Option {
  return { name, text: about, shape: { kind: 'texts', rule, alone: false }, default: [], examples: [example] };
}

/** The two options that say where a secret stands: `NAMEFile` and `NAMEEnv`. */
export function secret(name: string, about: string, variable: string): readonly Option[] {
  return [
    text(`${name}File`, `File that holds ${about}.`, pathText, `/run/secrets/${name}`),
    text(`${name}Env`, `Environment variable that holds ${about}.`, variableName, variable),
  ];
}

/** A path of a file; what looks like a secret is none. */
export const pathText: TextRule = pattern(
  '^(?!.*-----BEGIN)(?!(?:ghp_|ghs_|github_pat_|glpat-|whsec_|eyJ))[^\\x00-\\x1f]{1,1000}$',
  'the path of a file, absolute or from the folder of this file',
);

/** A path of a folder. */
export const folderPath: TextRule = pattern(
  '^[^\\x00-\\x1f]{1,1000}$',
  'the path of a folder, absolute or from the folder of this file',
);

/** The name of an environment variable. */
export const variableName: TextRule = pattern(
  '^[A-Z_][A-Z0-9_]{0,99}$',
  'the name of an environment variable: capitals, digits and underscores',
);

/** An address of a server that is spoken to by TLS (or, for tests on one machine, plainly). */
export const webAddress: TextRule = pattern(
  '^https?://[^\\s/@?#]+(?:/[^\\s@?#]*)?$',
  'an address such as https://git.example.com, without a user name',
);
