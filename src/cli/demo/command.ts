import { type Command, Option } from 'commander';
import type { CommandContext } from '../context.ts';

/** `fairlead demo`: the real pipeline on a pretend world. */
export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('watch Fairlead review a pull request; needs neither cluster nor forge')
    .addOption(
      new Option('--keep <dir>', 'folder for the comments (default: fairlead-demo where the command is typed)'),
    )
    .action(async (options: { readonly keep?: string }) => {
      const { runDemo } = await import('./demo.ts');
      await runDemo(options.keep ?? null, context);
    });
}
