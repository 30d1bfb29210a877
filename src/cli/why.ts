import type { Command } from 'commander';
import { configured } from './configured.ts';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { configOption, cwdOption, formatOption, usedByOption } from './options.ts';

interface WhyOptions {
  readonly cwd?: string;
  readonly config?: string;
  readonly format: string;
  readonly usedBy: readonly string[];
}

/** `fairlead why APP [BASE..HEAD]`. */
export function addWhy(program: Command, context: CommandContext): void {
  program
    .command('why')
    .description('why a change reviews an application, or why it does not')
    .argument('<app>', 'name of the application, or NAME@ENVIRONMENT')
    .argument('[base..head]', 'commits of the change (default: the default branch..HEAD)')
    .addOption(usedByOption())
    .addOption(formatOption(['pretty', 'json']))
    .addOption(configOption())
    .addOption(cwdOption())
    .action(async (app: string, range: string | undefined, options: WhyOptions) => {
      const [services, { whyJson, whyText }] = await Promise.all([
        context.services(await configured(options.config, context)),
        import('./why-text.ts'),
      ]);
      const cwd = workingDirectory(context.environment, options.cwd);
      const { usedBy } = options;
      const found = await services.why({ cwd, app, range: range ?? null, usedBy, signal: context.signal });
      context.terminal.out(options.format === 'json' ? whyJson(found) : whyText(found));
    });
}
