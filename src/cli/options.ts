import { Option } from 'commander';
import type { FailOn } from './exit-codes.ts';
import type { ReviewFormat } from './format-review.ts';

/** `--cwd DIR`. */
export const cwdOption = (): Option =>
  new Option('--cwd <dir>', 'the repository (default: where the command is typed)');

/** `--cluster [ENV=]CONTEXT`, repeatable. */
export const clusterOption = (): Option =>
  new Option(
    '--cluster <[env=]context>',
    'kubeconfig context to read, per environment; repeatable; "none" reads no cluster',
  )
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none known: base is compared with head');

/** `--config FILE`. */
export const configOption = (): Option =>
  new Option('--config <file>', 'the YAML file of the server: forges, clusters, limits (FAIRLEAD_CONFIG)');

/** `--env ENV`. */
export const environmentOption = (): Option => new Option('--env <env>', 'only applications of this environment');

/** `--format`. */
export const formatOption = (choices: readonly string[]): Option =>
  new Option('--format <format>', 'how to print it').choices([...choices]).default(choices[0]);

/** `--format` of a review. */
export const reviewFormatOption = (): Option =>
  new Option('--format <format>', 'how to print it; html is one file that holds everything and needs no network')
    .choices(['pretty', 'md', 'json', 'html'] satisfies readonly ReviewFormat[])
    .default('pretty' satisfies ReviewFormat);

/** `--used-by DIR`, repeatable. */
export const usedByOption = (): Option =>
  new Option(
    '--used-by <dir>',
    'a clone of a repository whose applications take values, charts or bases from this one; repeatable',
  )
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none');

/** `--fail-on LEVEL`. */
export const failOnOption = (): Option =>
  new Option('--fail-on <level>', 'exit with 1 when a finding is this grave or graver')
    .choices(['block', 'caution', 'note', 'never'])
    .default('block' satisfies FailOn);

/** `--kube-version V`. */
export const kubeVersionOption = (): Option =>
  new Option('--kube-version <version>', 'Kubernetes version to render for, such as v1.36.0');

/** `-f VALUES` and `--set K=V`, repeatable, in order. */
export const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description)
    .argParser((value: string, before: readonly string[]) => [...before, value])
    .default([], 'none');
