import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { dataOption } from './data-folder.ts';
import { repoOf, repoOption, type StoreOptions, withStore } from './kept-store.ts';
import { formatOption } from './options.ts';

interface DriftOptions extends StoreOptions {
  readonly format: 'pretty' | 'json';
}

/** `fairlead drift [ENV]`. */
export function addDrift(program: Command, context: CommandContext): void {
  program
    .command('drift')
    .description('live fields that no longer have the value Git gave them')
    .argument('[env]', 'only this environment')
    .addOption(formatOption(['pretty', 'json']))
    .addOption(repoOption())
    .addOption(dataOption())
    .action((environment: string | undefined, options: DriftOptions) =>
      withStore(options, context, async (store) => {
        const { driftJson, driftPretty } = await import('./drift-text.ts');
        const repo = await repoOf(store, options.repo);
        const where = environment === undefined ? {} : { environment };
        const rows = await store.drift.find({ repo, ...where, open: true });
        context.terminal.out(options.format === 'json' ? driftJson(repo, rows) : driftPretty(repo, rows));
      }),
    );
}
