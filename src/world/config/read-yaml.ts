import { Lexer, LineCounter, parseAllDocuments, type YAMLError } from 'yaml';
import type { ConfigSource } from './config-source.ts';
import { NodeReader, Refusal } from './node-reader.ts';
import { type ConfigProblem, orderProblems } from './problem.ts';

/** What a file of settings may cost, checked before anything is built of it. */
const limits = {
  bytes: 256 * 1024,
  /** Words, brackets, commas and spaces between them. */
  tokens: 30_000,
  /** Brackets inside brackets; columns in front of the first word of a line. Either nests. */
  brackets: 32,
  columns: 200,
};

/** A file that could be read, or why not. */
export type ReadConfig =
  | { readonly source: ConfigSource; readonly problems: readonly [] }
  | { readonly source: null; readonly problems: readonly ConfigProblem[] };

/**
 * Reads a file of settings by YAML 1.2, as editors do: `on` and `off` are words here. Never throws: broken syntax, keys written
 * twice, tags, a second document and every limit that is passed are problems with their place.
 */
export function readYaml(text: Uint8Array | string, file: string): ReadConfig {
  const refuse = (message: string, fix: string): ReadConfig => {
    return { source: null, problems: [{ file, line: 1, column: 1, path: '', message, fix }] };
  };
  const size = typeof text === 'string' ? Buffer.byteLength(text) : text.length;
  if (size > limits.bytes) return refuse(`the file has ${size} bytes; the limit is ${limits.bytes}`, shorten);
  const decoded = typeof text === 'string' ? text : decode(text);
  if (decoded === null) return refuse('the file is not UTF-8', 'Save it as UTF-8.');
  const cost = tooCostly(decoded);
  if (cost !== null) return refuse(cost, shorten);
  return compose(decoded, file);
}

const shorten = 'Make the file simpler.';

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // The decoder says no more than that.
    return null;
  }
}

/** The parser calls itself once per level and looks at every token several times: both are bounded beforehand. */
function tooCostly(text: string): string | null {
  if (/^[ \t?-]{200}/m.test(text)) return `the file is nested too deep; the limit is ${limits.columns} columns`;
  let [tokens, depth] = [0, 0];
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    depth += nesting[token] ?? 0;
    if (tokens > limits.tokens) return `the file holds too much; the limit is ${limits.tokens} words and signs`;
    if (depth > limits.brackets) return `the file is nested too deep; the limit is ${limits.brackets} brackets`;
  }
  return null;
}

/** Brackets, as the lexer hands them out: text in quotes is another token. */
const nesting: Readonly<Record<string, number>> = { '[': 1, '{': 1, ']': -1, '}': -1 };

function compose(text: string, file: string): ReadConfig {
  const lineCounter = new LineCounter();
  // Keys written twice are found while reading: the parser compares each with each.
  const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false, schema: 'core' });
  const documents = 'empty' in parsed ? [] : parsed;
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lineCounter.linePos(Math.max(0, offset));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const failed = (offset: number, message: string, fix: string): ConfigProblem => {
    return { file, ...place(offset), path: '', message, fix };
  };
  const broken = documents.flatMap(({ errors, warnings }): readonly YAMLError[] => [...errors, ...warnings]);
  if (broken.length > 0) {
    const problems = broken.map(({ pos, message }) => failed(pos[0], `not YAML: ${message}`, 'Correct the syntax.'));
    return { source: null, problems: orderProblems(problems) };
  }
  const [first, second] = documents;
  if (second !== undefined) {
    const message = 'the file holds more than one document';
    return { source: null, problems: [failed(second.range[0], message, 'Keep the settings in one, without ---.')] };
  }
  const reader = new NodeReader(place);
  try {
    const value = reader.read(first?.contents ?? null);
    const source = { file, value, places: reader.places };
    if (reader.problems.length === 0) return { source, problems: [] };
    return { source: null, problems: orderProblems(reader.problems.map((problem) => ({ file, ...problem }))) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { source: null, problems: [failed(error.offset, error.message, error.fix)] };
  }
}
