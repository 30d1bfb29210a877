import type { Command } from 'commander';
import type { CommandContext } from './context.ts';
import { dataOption } from './data-folder.ts';
import { clusterOption, configOption, formatOption } from './options.ts';

interface DoctorOptions {
  readonly config?: string;
  readonly cluster: readonly string[];
  readonly data?: string;
  readonly format: 'pretty' | 'json';
}

/** `fairlead doctor`: tries everything `serve` would need, and says the fix of what is wrong. */
export function addDoctor(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description(
      'tries what serve needs: machine, store, forges, clusters, repositories; says what is wrong and the fix',
    )
    .addOption(configOption())
    .addOption(clusterOption())
    .addOption(dataOption())
    .addOption(formatOption(['pretty', 'json']))
    .action(async (options: DoctorOptions) => {
      const { diagnose } = await import('./diagnose.ts');
      const { doctorExitCode, doctorJson, doctorText } = await import('./doctor-text.ts');
      const { found, redact } = await diagnose(options, context);
      context.terminal.out(redact(options.format === 'json' ? doctorJson(found) : doctorText(found)));
      context.exit(doctorExitCode(found));
    });
}
