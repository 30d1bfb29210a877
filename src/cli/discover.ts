import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { cwdOption, formatOption } from './options.ts';

/** `fairlead discover`. */
export function addDiscover(program: Command, context: CommandContext): void {
  program
    .command('discover')
    .description('the applications and environments Fairlead finds in the repository')
    .argument('[path]', 'a repository or a folder of it', '.')
    .addOption(formatOption(['pretty', 'json']))
    .addOption(cwdOption())
    .action(async (path: string, options: { readonly cwd?: string; readonly format: string }) => {
      const [services, { jsonText, prettyText }] = await Promise.all([
        context.services(),
        import('./applications-text.ts'),
      ]);
      const cwd = workingDirectory(context.environment, options.cwd);
      const applications = await services.discover({ cwd, path, kubeVersion: null, signal: context.signal });
      context.terminal.out(options.format === 'json' ? jsonText(applications) : prettyText(applications));
    });
}
