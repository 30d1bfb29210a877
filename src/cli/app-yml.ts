import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

/** What app.yml asks for: the one place that says which permissions and events the GitHub App has. */
export interface AppYml {
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly hook_attributes: { readonly url: string };
  readonly default_permissions: Readonly<Record<string, string>>;
  readonly default_events: readonly string[];
}

/** Reads it from the checkout. */
export function readAppYml(): AppYml {
  // The cast: the file is ours, and tests of the pretend GitHub and of the doctor hold it to this.
  return parse(readFileSync(resolve(import.meta.dirname, '../../app.yml'), 'utf8')) as AppYml;
}
