import { type Command, Option } from 'commander';
import { FairleadError } from '../model/error.ts';
import type { CommandContext } from './context.ts';
import { dataOption } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { type StoreOptions, withStore } from './kept-store.ts';

interface ExportOptions extends StoreOptions {
  readonly since?: string;
  readonly format: 'jsonl' | 'csv';
}

/** `fairlead audit export` and `verify`. */
export function addAudit(program: Command, context: CommandContext): void {
  const audit = program.command('audit').description('the chained record of every decision and write');
  audit
    .command('export')
    .description('every row, oldest first')
    .option('--since <time>', 'only rows from this time on (ISO 8601, such as 2026-11-22 or 2026-11-22T14:00:00Z)')
    .addOption(new Option('--format <format>', 'how to print it').choices(['jsonl', 'csv']).default('jsonl'))
    .addOption(dataOption())
    .action((options: ExportOptions) => exportRows(options, context));
  audit
    .command('verify')
    .description('recompute the chain; exits with 1 when a row was changed or is missing')
    .addOption(dataOption())
    .action((options: StoreOptions) => verify(options, context));
}

async function exportRows(options: ExportOptions, context: CommandContext): Promise<void> {
  const since = sinceOf(options.since);
  const [{ csvHead, csvLine, jsonLine }, { auditPages }] = await Promise.all([
    import('./audit-text.ts'),
    import('../world/store/audit-pages.ts'),
  ]);
  const line = options.format === 'csv' ? csvLine : jsonLine;
  await withStore(options, context, async (store) => {
    if (options.format === 'csv') context.terminal.out(csvHead);
    for await (const rows of auditPages(store)) {
      context.signal.throwIfAborted();
      context.terminal.out(
        rows
          .filter(({ at }) => at >= since)
          .map(line)
          .join(''),
      );
    }
  });
}

function sinceOf(text: string | undefined): string {
  if (text === undefined) return '';
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text);
  // A time without a zone is UTC, like everything the audit holds.
  const at = Date.parse(/T.*(?:Z|[+-]\d\d:\d\d)$|^[^T]+$/.test(text) ? text : `${text}Z`);
  if (isTime && !Number.isNaN(at)) return new Date(at).toISOString();
  throw new FairleadError({
    code: 'usage',
    subject: text,
    message: `--since ${text} is no time`,
    remedy: 'Write it as 2026-11-22 or 2026-11-22T14:00:00Z.',
  });
}

async function verify(options: StoreOptions, context: CommandContext): Promise<void> {
  const { rows, broken } = await withStore(options, context, (store) => store.audit.verify());
  if (broken === null) return context.terminal.out(`the chain holds: ${rows} row${rows === 1 ? '' : 's'}\n`);
  context.terminal.out(`the chain is broken: row ${broken} is missing, or not what was written\n`);
  context.exit(exitCodes.findings);
}
