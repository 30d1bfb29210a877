import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { dataOption } from './data-folder.ts';
import { repoOf, repoOption, type StoreOptions, withStore } from './kept-store.ts';
import { formatOption } from './options.ts';

interface TraceOptions extends StoreOptions {
  readonly format: 'pretty' | 'json';
}

/** `fairlead trace OBJECT`. */
export function addTrace(program: Command, context: CommandContext): void {
  program
    .command('trace')
    .description('who changed an object, when, by which pull and commit; newest first')
    .argument('<object...>', 'Deployment/shop/web, deployment shop/web, or Namespace/shop')
    .addOption(formatOption(['pretty', 'json']))
    .addOption(repoOption())
    .addOption(dataOption())
    .action(async (words: readonly string[], options: TraceOptions) => {
      const [{ parseObject }, { gatherTrace }, { traceJson, tracePretty }] = await Promise.all([
        import('./object-name.ts'),
        import('./trace-gather.ts'),
        import('./trace-text.ts'),
      ]);
      const object = parseObject(words);
      await withStore(options, context, async (store) => {
        const repo = await repoOf(store, options.repo);
        const traced = await gatherTrace(store, repo, object);
        context.terminal.out(options.format === 'json' ? traceJson(traced) : tracePretty(traced));
      });
    });
}
