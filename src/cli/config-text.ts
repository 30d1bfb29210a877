import { stringifyJson } from '../formats/json.ts';
import { count, visible } from '../formats/markdown.ts';
import { FairleadError } from '../model/error.ts';
import { configSchema } from '../world/config/config-schema.ts';
import type { ConfigSource } from '../world/config/config-source.ts';
import { type Explained, explainSettings } from '../world/config/explain-settings.ts';
import { parseSettings } from '../world/config/parse-settings.ts';
import { type ConfigProblem, listed, problemText } from '../world/config/problem.ts';
import type { ConfigFile } from './config-file.ts';

/** What a command prints, and whether the file was in order. */
export interface ConfigOutcome {
  readonly text: string;
  readonly isValid: boolean;
}

/** The schema as it is published. */
export function schemaText(engines: readonly string[]): string {
  return `${stringifyJson(configSchema({ engines }), 2)}\n`;
}

/** Every problem of a file with its fix, or that there is none. */
export function checkText({ name, bytes }: ConfigFile, engines: readonly string[]): ConfigOutcome {
  if (bytes === null) return { text: `there is no ${name}: the defaults hold, Fairlead observes\n`, isValid: true };
  const { problems } = parseSettings(bytes, { file: name, engines, clusters: null });
  if (problems.length === 0) return { text: `${visible(name)} is valid\n`, isValid: true };
  return { text: problemsText(problems), isValid: false };
}

/**
 * A table of what holds and why, or the problems of a file that says nothing. Throws `FairleadError` code `usage` for an
 * environment the file does not have.
 */
export function explainText(
  { name, bytes }: ConfigFile,
  { engines, environment }: { readonly engines: readonly string[]; readonly environment: string | null },
): ConfigOutcome {
  const parsed = parseSettings(bytes ?? 'version: 1', { file: name, engines, clusters: null });
  if (parsed.settings === null) return { text: problemsText(parsed.problems), isValid: false };
  const known = [...parsed.settings.environments.keys()];
  if (environment !== null && !known.includes(environment)) throw unknownEnvironment(environment, known);
  const nothing: ConfigSource = { file: name, value: { version: 1 }, places: new Map() };
  const rows = explainSettings(bytes === null ? nothing : parsed.source, { engines, environment });
  return { text: tableText(rows), isValid: true };
}

/** Problems with their places and fixes, and how many. */
export function problemsText(problems: readonly ConfigProblem[]): string {
  const rows = problems.map((problem) => `${visible(problemText(problem))}\n  ${visible(problem.fix)}\n`);
  return `${rows.join('')}${count(problems.length, 'problem')}\n`;
}

function tableText(rows: readonly Explained[]): string {
  const cells = rows.map(({ path, value, origin }) => [path, value, origin].map(visible));
  const all = [['SETTING', 'VALUE', 'FROM'], ...cells];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const lines = all.map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function unknownEnvironment(environment: string, known: readonly string[]): FairleadError {
  return new FairleadError({
    code: 'usage',
    message: `the file has no environment ${environment}`,
    subject: environment,
    remedy: known.length === 0 ? 'It names none; leave the name out.' : `It has ${listed(known)}.`,
  });
}
