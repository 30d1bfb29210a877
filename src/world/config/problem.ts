import { formatPath } from '../../model/path.ts';
import { someOf } from '../../model/some-of.ts';

/** The only place settings are read from, at the root of the repository. */
export const configFile = '.fairlead.yaml';

/** Where something stands in a file; both 1-based. */
export interface Place {
  readonly line: number;
  /** In UTF-16 units, as editors count. */
  readonly column: number;
}

/** Keys and list indexes from the root of the file. */
export type ConfigPath = readonly (string | number)[];

/** Something wrong with a configuration file, at its place. */
export interface ConfigProblem extends Place {
  readonly file: string;
  /** Such as `environments.prod.onFailure.action`; '' for the file itself. */
  readonly path: string;
  /** What is wrong, without the place and the path. */
  readonly message: string;
  /** What to do, as a sentence. */
  readonly fix: string;
}

/** What is wrong, before its place is looked up. */
export interface Fault {
  readonly at: ConfigPath;
  readonly message: string;
  readonly fix: string;
}

/** A problem as one line: `.fairlead.yaml:23:7 environments.prod.onFailure.action: "revert" is not allowed; …`. */
export function problemText({ file, line, column, path, message }: ConfigProblem): string {
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${message}`;
}

/** Problems shown of one file; whoever has more corrects these first. */
const most = 50;

/** By place, each once, and no more than people read. */
export function orderProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const unique = new Map(problems.map((problem) => [problemText(problem), problem]));
  const sorted = [...unique.values()].sort((one, other) => one.line - other.line || one.column - other.column);
  const [shown, rest] = [sorted.slice(0, most), sorted.slice(most)];
  const [first] = rest;
  if (first === undefined) return shown;
  return [
    ...shown,
    { ...first, path: '', message: `${rest.length} more from here on`, fix: 'Correct the others first.' },
  ];
}

/** A path as people write it. */
export function pathText(path: ConfigPath): string {
  return formatPath(path);
}

/** A value as a message shows it: on one line, and not all of a long one. */
export function quote(value: unknown): string {
  const text =
    JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item)) ?? 'nothing';
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

const longest = 80;

/** Names as a fix lists them. */
export function listed(names: readonly string[]): string {
  const shown = names.map((name) => (name.length > longest ? quote(name) : name));
  return someOf(shown, mostNames);
}

const mostNames = 20;
