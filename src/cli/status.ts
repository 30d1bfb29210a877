import type { Command } from 'commander';
import type { Store } from '../world/store/store.ts';
import type { CommandContext } from './context.ts';
import { dataOption } from './data-folder.ts';
import { repoOf, repoOption, type StoreOptions, withStore } from './kept-store.ts';
import { formatOption } from './options.ts';

interface StatusOptions extends StoreOptions {
  readonly watch?: boolean;
  readonly format: 'pretty' | 'json';
}

/** `fairlead status [ENV]`. */
export function addStatus(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('what is deployed where, and how it fares')
    .argument('[env]', 'only this environment')
    .option('--watch', 'show it anew whenever it changes, until Ctrl-C')
    .addOption(formatOption(['pretty', 'json']))
    .addOption(repoOption())
    .addOption(dataOption())
    .action((environment: string | undefined, options: StatusOptions) =>
      withStore(options, context, (store) => show(store, environment ?? null, options, context)),
    );
}

async function show(
  store: Store,
  environment: string | null,
  options: StatusOptions,
  context: CommandContext,
): Promise<void> {
  const { gatherStatus, statusJson, statusPretty } = await import('./status-text.ts');
  const repo = await repoOf(store, options.repo);
  const read = (): ReturnType<typeof gatherStatus> => gatherStatus(store, repo, environment);
  const indent = options.watch === true ? 0 : 2;
  const text = async (): Promise<string> => {
    const status = await read();
    return options.format === 'json' ? statusJson(status, indent) : statusPretty(status, context.terminal.paint);
  };
  if (options.watch !== true) return context.terminal.out(await text());
  const [{ watch }, { processScreen }] = await Promise.all([import('./watch.ts'), import('./screen.ts')]);
  await watch(text, processScreen(context, options.format === 'pretty'), context.signal);
}
