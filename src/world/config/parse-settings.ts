import type { Settings } from '../../model/settings.ts';
import { buildSettings } from './build-settings.ts';
import { type ConfigSource, locate } from './config-source.ts';
import { crossFaults } from './cross-faults.ts';
import type { ConfigProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { schemaFaults } from './schema-faults.ts';

/** What a file of settings is checked against. */
export interface SettingsContext {
  /** Names of the registered engines. */
  readonly engines: readonly string[];
  /** Contexts the server was told of; null: not checked. */
  readonly clusters: readonly string[] | null;
}

/** The settings of a file and where they are written, or everything that is wrong with it. */
export type ParsedSettings =
  | { readonly settings: Settings; readonly problems: readonly []; readonly source: ConfigSource }
  | { readonly settings: null; readonly problems: readonly ConfigProblem[] };

/** Reads and checks a file of settings. Never throws. */
export function parseSettings(
  text: Uint8Array | string,
  { file, engines, clusters }: SettingsContext & { readonly file: string },
): ParsedSettings {
  const { source, problems } = readYaml(text, file);
  if (source === null) return { settings: null, problems };
  const faults = [...schemaFaults(source.value, engines), ...crossFaults(source.value, clusters)];
  if (faults.length > 0) return { settings: null, problems: locate(source, faults) };
  return { settings: buildSettings(source.value, engines), problems: [], source };
}
