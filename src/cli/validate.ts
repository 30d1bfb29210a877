import type { Command } from 'commander';
import { configured } from './configured.ts';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { exitCodes, type FailOn, failsOn } from './exit-codes.ts';
import { configOption, cwdOption, failOnOption, formatOption, kubeVersionOption } from './options.ts';
import type { ValidateOutcome } from './services.ts';

interface ValidateOptions {
  readonly config?: string;
  readonly cwd?: string;
  readonly format: 'pretty' | 'json';
  readonly failOn: FailOn;
  readonly kubeVersion?: string;
}

/** `fairlead validate PATH`. */
export function addValidate(program: Command, context: CommandContext): void {
  program
    .command('validate')
    .description('render everything at PATH and check it against the Kubernetes schemas, offline')
    .argument('[path]', 'a repository or a folder of it', '.')
    .addOption(formatOption(['pretty', 'json']))
    .addOption(failOnOption())
    .addOption(kubeVersionOption())
    .addOption(configOption())
    .addOption(cwdOption())
    .action(async (path: string, options: ValidateOptions) => {
      const [services, { jsonText, prettyText }] = await Promise.all([
        context.services(await configured(options.config, context)),
        import('./validation-text.ts'),
      ]);
      const outcome = await services.validate({
        cwd: workingDirectory(context.environment, options.cwd),
        path,
        kubeVersion: options.kubeVersion ?? null,
        signal: context.signal,
      });
      context.terminal.out(
        services.redact(options.format === 'json' ? jsonText(outcome) : prettyText(outcome, context)),
      );
      context.exit(exitCodeOf(outcome, options.failOn));
    });
}

function exitCodeOf(outcome: ValidateOutcome, failOn: FailOn): number {
  if (
    failsOn(
      outcome.findings.map((finding) => finding.severity),
      failOn,
    )
  )
    return exitCodes.findings;
  return outcome.failed.length > 0 ? exitCodes.incomplete : exitCodes.ok;
}
