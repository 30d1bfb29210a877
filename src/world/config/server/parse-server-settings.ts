import type { ServerSettings } from '../../../model/server-settings.ts';
import { withDefaults } from '../build-settings.ts';
import { type ConfigSource, locate } from '../config-source.ts';
import type { ConfigProblem } from '../problem.ts';
import { readYaml } from '../read-yaml.ts';
import { buildServerSettings } from './build-server-settings.ts';
import { serverFaults } from './server-faults.ts';
import { serverOptions } from './server-options.ts';

/** The settings of a server's file, or everything that is wrong with it. */
export type ParsedServerSettings =
  | { readonly settings: ServerSettings; readonly problems: readonly []; readonly source: ConfigSource }
  | { readonly settings: null; readonly problems: readonly ConfigProblem[] };

/** Reads and checks a server's file. Never throws. */
export function parseServerSettings(text: Uint8Array | string, file: string): ParsedServerSettings {
  const { source, problems } = readYaml(text, file);
  if (source === null) return { settings: null, problems };
  const faults = serverFaults(source.value);
  if (faults.length > 0) return { settings: null, problems: locate(source, faults) };
  return { settings: buildServerSettings(withDefaults(serverOptions, source.value)), problems: [], source };
}
