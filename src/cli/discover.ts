import type { Command } from 'commander';
import { stringifyJson } from '../formats/json.ts';
import { visible } from '../formats/markdown.ts';
import type { Application } from '../model/target.ts';
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
      const services = await context.services();
      const cwd = workingDirectory(context.environment, options.cwd);
      const applications = await services.discover({ cwd, path, kubeVersion: null, signal: context.signal });
      context.terminal.out(options.format === 'json' ? jsonText(applications) : prettyText(applications));
    });
}

function jsonText(applications: readonly Application[]): string {
  const rows = applications.map(({ name, root, renderer, environment, valuesFiles }) => ({
    name,
    root,
    renderer,
    environment,
    valuesFiles,
  }));
  return `${stringifyJson({ schemaVersion: 1, applications: rows }, 2)}\n`;
}

function prettyText(applications: readonly Application[]): string {
  if (applications.length === 0) return 'no kustomization, chart or manifest found\n';
  const rows = applications.map(({ name, environment, renderer, root, valuesFiles }) =>
    [name, environment ?? '—', renderer, [root === '' ? '.' : root, ...valuesFiles].join(' + ')].map(visible),
  );
  const all = [['APPLICATION', 'ENVIRONMENT', 'RENDERER', 'FILES'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return `${all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}
