import { userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { FairleadError } from '../model/error.ts';
import { pickText } from '../model/json.ts';
import type { CommandContext } from './context.ts';
import { dataOption } from './data-folder.ts';
import { exitCodes } from './exit-codes.ts';
import { repoOption } from './kept-store.ts';
import { type ServerOptions, serverCaOption, serverOption, serverPlace } from './server-place.ts';

interface DeployOptions extends ServerOptions {
  readonly repo?: string;
  readonly app?: string;
  readonly commit?: string;
  readonly wait?: boolean;
  readonly timeout: string;
}

/** `fairlead deploy ENV`. */
export function addDeploy(program: Command, context: CommandContext): void {
  common(program.command('deploy'), 'command', context)
    .description('deploy a commit through the running server, by its rules and into its audit')
    .option('--commit <sha>', 'a commit of the branch that deploys there (default: its newest)');
}

/** `fairlead rollback ENV`. */
export function addRollback(program: Command, context: CommandContext): void {
  common(program.command('rollback'), 'rollback', context).description(
    'deploy the commit that was last healthy before the present one; Git stays as it is',
  );
}

function common(command: Command, trigger: 'command' | 'rollback', context: CommandContext): Command {
  return command
    .argument('<env>', 'the environment')
    .option('--app <name>', 'only this application')
    .option('--wait', 'follow it to its end: exits with 0 healthy, 6 failed, 3 when that is not known in time')
    .addOption(new Option('--timeout <time>', 'how long --wait follows it: 90s, 15m, 2h').default('30m'))
    .addOption(repoOption())
    .addOption(serverOption())
    .addOption(serverCaOption())
    .addOption(dataOption())
    .action((environment: string, options: DeployOptions) => ask({ ...options, environment, trigger }, context));
}

interface Asked extends DeployOptions {
  readonly environment: string;
  readonly trigger: 'command' | 'rollback';
}

async function ask(asked: Asked, context: CommandContext): Promise<void> {
  const timeout = millisecondsOf(asked.timeout);
  const place = await serverPlace(asked, context);
  const { environment, trigger } = asked;
  const actor = `cli:${osUser()}`;
  const { askServer, numberAt } = await import('./server-client.ts');
  const body = {
    ...{ repo: asked.repo ?? null, environment, trigger, actor },
    ...{ application: asked.app ?? null, commit: asked.commit ?? null },
  };
  const answer = await askServer({ place, path: '/api/v1/redeployments', body }, context.signal);
  const what = [trigger === 'rollback' ? 'rollback' : 'deploy', 'of', asked.app ?? 'everything', 'in', environment];
  context.terminal.err(`the ${what.join(' ')} is queued; \`fairlead status ${environment}\` shows it`);
  if (asked.wait !== true) return;
  const { follow, progressOf } = await import('./follow.ts');
  const repo = pickText(answer, 'queued', 'repo') ?? '';
  const look = progressOf(place, { repo, environment, trigger, actor, after: numberAt(answer, 'after') });
  const outcome = await follow(look, { timeout, say: context.terminal.err, signal: context.signal });
  context.exit({ healthy: exitCodes.ok, failed: exitCodes.failed, unknown: exitCodes.incomplete }[outcome]);
}

/** The name the system knows this person by; what does not fit a login is left out. */
function osUser(): string {
  try {
    return (
      userInfo()
        .username.replace(/[^\w.@\\-]/g, '')
        .slice(0, 64) || 'unknown'
    );
  } catch {
    // A user id without a name, as containers have them.
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

function millisecondsOf(text: string): number {
  const [, number, unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const found = Number(number) * (units[unit] ?? Number.NaN);
  if (!Number.isNaN(found)) return found;
  throw new FairleadError({
    code: 'usage',
    subject: text,
    message: `--timeout ${text} is no time`,
    remedy: 'Write 90s, 15m or 2h.',
  });
}
