import type { Command } from 'commander';
import { configured } from './configured.ts';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { configOption, cwdOption, formatOption } from './options.ts';

interface DiscoverOptions {
  readonly cwd?: string;
  readonly config?: string;
  readonly format: string;
}

/** `fairlead discover`. */
export function addDiscover(program: Command, context: CommandContext): void {
  program
    .command('discover')
    .description('the applications and environments Fairlead finds in the repository')
    .argument('[path]', 'a repository or a folder of it', '.')
    .addOption(formatOption(['pretty', 'json']))
    .addOption(configOption())
    .addOption(cwdOption())
    .action(async (path: string, options: DiscoverOptions) => {
      const [services, { jsonText, prettyText }] = await Promise.all([
        context.services(await configured(options.config, context)),
        import('./applications-text.ts'),
      ]);
      const cwd = workingDirectory(context.environment, options.cwd);
      const applications = await services.discover({ cwd, path, kubeVersion: null, signal: context.signal });
      context.terminal.out(options.format === 'json' ? jsonText(applications) : prettyText(applications));
    });
}
