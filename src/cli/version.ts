import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { CommandContext } from './context.ts';

/** `fairlead version`. */
export function addVersion(program: Command, context: CommandContext): void {
  program
    .command('version')
    .description('the version of Fairlead and of the runtime')
    .action(async () => {
      const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
      const { version } = JSON.parse(text) as { readonly version: string };
      context.terminal.out(`fairlead ${version}, node ${process.version}\n`);
    });
}
