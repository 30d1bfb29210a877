import { type Command, Option } from 'commander';
import type { CommandContext } from '../context.ts';
import type { SetupFlags } from './plan.ts';

/** `fairlead setup github`: the GitHub App, made from app.yml through a page on this machine. */
export function addSetup(program: Command, context: CommandContext): void {
  program
    .command('setup')
    .description('makes what the bot needs on a forge')
    .command('github')
    .description(
      'makes the GitHub App through your browser, and keeps its credentials in files (GHE_HOST, GHE_PROTOCOL)',
    )
    .addOption(
      new Option('--url <address>', 'where GitHub reaches serve, such as https://bot.example.com; none: serve polls'),
    )
    .addOption(new Option('--org <name>', 'the organisation the App belongs to (GH_ORG; default: your own account)'))
    .addOption(new Option('--port <port>', 'port of the page').default('3000'))
    .addOption(new Option('--host <host>', 'address of the page').default('127.0.0.1'))
    .addOption(new Option('--out <dir>', 'folder for the two files (default: where the command is typed)'))
    .action(async (flags: SetupFlags) => {
      const { setUpGitHub } = await import('./github.ts');
      await setUpGitHub(flags, context);
    });
}
