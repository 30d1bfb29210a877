import { Command, CommanderError } from 'commander';
import { maskPatterns } from '../formats/redaction/patterns.ts';
import { within } from '../tools/within.ts';
import { commands } from './commands.ts';
import { type CommandContext, type ServiceOptions, serviceOptions } from './context.ts';
import { errorText } from './errors.ts';
import { errorExitCode, exitCodes } from './exit-codes.ts';
import type { Services } from './services.ts';
import { closeDeadline } from './stop-server.ts';
import { maskTerminal, processTerminal } from './terminal.ts';

/** How the program is started. */
export interface ProgramInput {
  readonly argv: readonly string[];
  readonly environment: CommandContext['environment'];
  readonly createServices: (options: ServiceOptions) => Promise<Services>;
  /** Names of the engines there are; asked for only when a command needs them. */
  readonly engineNames: () => Promise<readonly string[]>;
}

/** Runs the command line and gives the exit code. Never throws. */
export async function runProgram(input: ProgramInput): Promise<number> {
  const abort = new AbortController();
  let code: number = exitCodes.ok;
  let services: Promise<Services> | undefined;
  let redact: (text: string) => string = maskPatterns;
  const open = processTerminal(input.environment);
  const terminal = maskTerminal(open, (text) => redact(text));
  const options = serviceOptions(input.environment, terminal);
  const context: CommandContext = {
    environment: input.environment,
    terminal,
    manifest: open.out,
    options,
    signal: abort.signal,
    createServices: input.createServices,
    engineNames: input.engineNames,
    services: (instead) => {
      services ??= input.createServices({ ...options, ...instead }).then((made) => {
        redact = made.redact;
        return made;
      });
      return services;
    },
    exit: (value) => {
      code = value;
    },
  };
  const stop = (): void => {
    abort.abort(new DOMException('interrupted', 'AbortError'));
    // A second signal means now: it does what signals do to a process that listens to none.
    process.off('SIGINT', stop).off('SIGTERM', stop);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    await createProgram(context).parseAsync([...input.argv], { from: 'user' });
  } catch (error) {
    code = abort.signal.aborted ? exitCodes.interrupted : failure(error, terminal.err);
  } finally {
    // Services that could not be made have told so already.
    const closing = services?.then((made) => made.close()).catch(() => undefined);
    await (abort.signal.aborted && closing !== undefined ? within(closeDeadline, closing) : closing);
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
  return code;
}

/** The commander program with every command. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('fairlead')
    .description('Shows what a pull request will really do to live Kubernetes clusters.')
    .exitOverride()
    .configureOutput({ writeOut: context.terminal.out, writeErr: (text) => context.terminal.err(text.trimEnd()) })
    .showSuggestionAfterError()
    .showHelpAfterError('(fairlead --help lists what there is)');
  for (const add of commands) add(program, context);
  return program;
}

function failure(error: unknown, print: (line: string) => void): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  print(errorText(error));
  return errorExitCode(error);
}
