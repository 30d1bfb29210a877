import { Argument, type Command, Option } from 'commander';
import type { ConfigFile } from './config-file.ts';
import type { ConfigOutcome } from './config-text.ts';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { cwdOption } from './options.ts';

/** Names of the registered engines; asked for only when a command runs. */
export type EngineNames = () => Promise<readonly string[]>;

interface ConfigOptions {
  readonly cwd?: string;
  readonly server?: string;
}

/** `fairlead config check`, `explain` and `schema`. */
export function addConfig(program: Command, context: CommandContext, engineNames: EngineNames): void {
  const config = program.command('config').description('what .fairlead.yaml says, and whether it is right');
  config
    .command('check')
    .description('check .fairlead.yaml; exits with 2 when something is wrong with it')
    .addArgument(pathArgument())
    .addOption(cwdOption())
    .addOption(serverOption('check the file of a server instead'))
    .action((path: string, options: ConfigOptions) => check(path, options, { context, engineNames }));
  config
    .command('explain')
    .description('every value that holds, and whether it is written or a default')
    .argument('[env]', 'only what holds for this environment')
    .addOption(cwdOption())
    .action((environment: string | undefined, options: ConfigOptions) =>
      explain(environment ?? null, options, { context, engineNames }),
    );
  config
    .command('schema')
    .description('the JSON Schema of .fairlead.yaml, for editors')
    .option('--server', 'that of the file of a server instead')
    .action((options: { readonly server?: true }) => schema(options, { context, engineNames }));
}

const pathArgument = (): Argument => new Argument('[path]', 'the file, or a folder of the repository').default('.');

interface Doors {
  readonly context: CommandContext;
  readonly engineNames: EngineNames;
}

const serverOption = (text: string): Option => new Option('--server <file>', text);

async function schema({ server }: { readonly server?: true }, { context, engineNames }: Doors): Promise<void> {
  if (server === true) {
    const { serverSchemaText } = await import('./server-text.ts');
    return context.terminal.out(serverSchemaText());
  }
  const { schemaText } = await import('./config-text.ts');
  context.terminal.out(schemaText(await engineNames()));
}

async function check(path: string, options: ConfigOptions, { context, engineNames }: Doors): Promise<void> {
  if (options.server !== undefined) {
    const { checkServerText } = await import('./server-text.ts');
    return finish(checkServerText(await readNamed(options.server, options, context)), context);
  }
  const { checkText } = await import('./config-text.ts');
  const file = await read(path, options, context);
  finish(checkText(file, await engineNames()), context);
}

async function explain(environment: string | null, options: ConfigOptions, doors: Doors): Promise<void> {
  const { context, engineNames } = doors;
  const { explainText } = await import('./config-text.ts');
  const file = await read('.', options, context);
  finish(explainText(file, { engines: await engineNames(), environment }), context);
}

function finish({ text, isValid }: ConfigOutcome, context: CommandContext): void {
  context.terminal.out(text);
  if (!isValid) context.exit(exitCodes.usage);
}

async function readNamed(path: string, options: ConfigOptions, context: CommandContext): Promise<ConfigFile> {
  const { readNamedFile } = await import('./config-file.ts');
  return readNamedFile(path, workingDirectory(context.environment, options.cwd));
}

async function read(path: string, options: ConfigOptions, context: CommandContext): Promise<ConfigFile> {
  const { readConfigFile } = await import('./config-file.ts');
  return readConfigFile(path, workingDirectory(context.environment, options.cwd));
}
