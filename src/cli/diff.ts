import type { Command } from 'commander';
import { configured } from './configured.ts';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { type FailOn, reviewExitCode } from './exit-codes.ts';
import type { ReviewFormat } from './format-review.ts';
import { configOption, cwdOption, failOnOption, kubeVersionOption, reviewFormatOption } from './options.ts';

interface DiffOptions {
  readonly config?: string;
  readonly cwd?: string;
  readonly cluster: string;
  readonly format: ReviewFormat;
  readonly failOn: FailOn;
  readonly exitCode?: boolean;
  readonly kubeVersion?: string;
}

/** `fairlead diff PATH --cluster CONTEXT`. */
export function addDiff(program: Command, context: CommandContext): void {
  program
    .command('diff')
    .description('what applying the files at PATH would change in a cluster')
    .argument('<path>', 'a kustomization, chart or folder of manifests')
    .requiredOption('--cluster <context>', 'kubeconfig context to read')
    .addOption(reviewFormatOption())
    .addOption(failOnOption())
    .option('--exit-code', 'exit with 1 when applying changes anything')
    .addOption(kubeVersionOption())
    .addOption(configOption())
    .addOption(cwdOption())
    .action(async (path: string, options: DiffOptions) => {
      const [services, { formatReview }] = await Promise.all([
        context.services(await configured(options.config, context)),
        import('./format-review.ts'),
      ]);
      const review = await services.diff({
        cwd: workingDirectory(context.environment, options.cwd),
        path,
        cluster: options.cluster,
        kubeVersion: options.kubeVersion ?? null,
        signal: context.signal,
      });
      context.terminal.out(formatReview(review, options.format, services, context));
      context.exit(reviewExitCode(review, { failOn: options.failOn, exitCode: options.exitCode === true }));
    });
}
