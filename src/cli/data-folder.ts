import { join } from 'node:path';
import { Option } from 'commander';
import type { CommandContext } from './context.ts';

/** `--data DIR`. */
export const dataOption = (): Option =>
  new Option('--data <dir>', 'data folder of the server (FAIRLEAD_DATA, default as of serve)');

/** The folder `serve` keeps its store in. */
export function dataFolder(
  data: string | undefined,
  { environment, options }: Pick<CommandContext, 'environment' | 'options'>,
): string {
  return data ?? environment['FAIRLEAD_DATA'] ?? join(options.cacheDir, 'data');
}
