import type { Command } from 'commander';
import { configured } from './configured.ts';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { type FailOn, reviewExitCode } from './exit-codes.ts';
import type { ReviewFormat } from './format-review.ts';
import {
  clusterOption,
  configOption,
  cwdOption,
  environmentOption,
  failOnOption,
  reviewFormatOption,
  usedByOption,
} from './options.ts';

interface ReviewOptions {
  readonly config?: string;
  readonly cwd?: string;
  readonly cluster: readonly string[];
  readonly env?: string;
  readonly usedBy: readonly string[];
  readonly format: ReviewFormat;
  readonly failOn: FailOn;
  readonly exitCode?: boolean;
  readonly post?: boolean;
}

/** `fairlead review [BASE..HEAD]`. */
export function addReview(program: Command, context: CommandContext): void {
  program
    .command('review')
    .description('what merging HEAD into BASE would really change in the clusters')
    .argument('[base..head]', 'commits to review (default: the default branch..HEAD, in a GitHub Actions job the pull)')
    .addOption(clusterOption())
    .addOption(environmentOption())
    .addOption(usedByOption())
    .addOption(reviewFormatOption())
    .addOption(failOnOption())
    .option('--exit-code', 'exit with 1 when merging changes anything')
    .option('--post', 'in a GitHub Actions job: post the comment on the pull')
    .addOption(configOption())
    .addOption(cwdOption())
    .action(async (range: string | undefined, options: ReviewOptions) => {
      const { jobRange, postFromJob, postJob } = await import('./post.ts');
      const job = options.post === true ? await postJob(context.environment) : null;
      const [services, { formatReview }] = await Promise.all([
        context.services(await configured(options.config, context)),
        import('./format-review.ts'),
      ]);
      const review = await services.review({
        cwd: workingDirectory(context.environment, options.cwd),
        range: range ?? (await jobRange(context.environment)),
        clusters: options.cluster,
        environment: options.env ?? null,
        usedBy: options.usedBy,
        signal: context.signal,
      });
      context.terminal.out(formatReview(review, options.format, services, context));
      if (job !== null) await postFromJob(job, review, services, context);
      context.exit(reviewExitCode(review, { failOn: options.failOn, exitCode: options.exitCode === true }));
    });
}
