import type { Json } from '../../model/json.ts';

/** One setting of `.fairlead.yaml`: what schema, defaults, messages and the reference page are made of. */
export interface Option {
  readonly name: string;
  /** One or two sentences for the reference page and for editors. */
  readonly text: string;
  readonly shape: Shape;
  /** What holds where nothing is written; null: nothing. */
  readonly default: Json;
  readonly examples: readonly Json[];
  /** Whether it must be written. */
  readonly required?: true;
}

/** What a text must look like. */
export interface TextRule {
  /** A regular expression both JavaScript and JSON Schema read. */
  readonly pattern: string;
  /** Ends the sentence `"…" is not `. */
  readonly is: string;
}

/** What may be written as the value of an option. */
export type Shape =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'text'; readonly rule: TextRule }
  /** A list of texts; where `alone`, a single text may stand for a list of one. */
  | { readonly kind: 'texts'; readonly rule: TextRule; readonly alone: boolean }
  /** A text such as `90s`, `3m`, `1h30m`, or a plain 0. */
  | { readonly kind: 'duration' }
  | { readonly kind: 'count'; readonly least: number; readonly most: number }
  /** Options by their names; where `isOptional`, leaving all of it out means none of it. */
  | { readonly kind: 'group'; readonly options: readonly Option[]; readonly isOptional: boolean }
  /** Entries whose names the owner chooses; `word` stands for the name in paths. */
  | { readonly kind: 'named'; readonly word: string; readonly names: TextRule; readonly of: Shape };

/** A group of options that is filled with defaults where it is left out. */
export type Group = Extract<Shape, { kind: 'group' }>;
