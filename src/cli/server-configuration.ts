import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { FairleadError } from '../model/error.ts';
import type { ClusterEntry, ClusterWay, NamedForge, ServerSettings } from '../model/server-settings.ts';
import { problemText } from '../world/config/problem.ts';
import { defaultServerSettings } from '../world/config/server/build-server-settings.ts';
import { readNamedFile } from './config-file.ts';
import type { CommandContext } from './context.ts';
import { type FilePlace, namedForges, variablesOf } from './file-forges.ts';
import { isSet, withSecretFiles } from './secret-files.ts';

/** What the server is told by its file and the environment together. */
export interface ServerConfiguration {
  readonly settings: ServerSettings;
  /** The file; null where there is none. */
  readonly file: string | null;
  /** The environment, with secrets read from their files, and with what only the file says. */
  readonly environment: CommandContext['environment'];
  /** Forges of the file beside `github` and `gitlab`. */
  readonly others: readonly NamedForge[];
}

/**
 * Reads the file of the server that was named, or that `FAIRLEAD_CONFIG` names, and lays it under the environment: a variable wins
 * over the file. Throws `FairleadError` `usage` with the first thing that is wrong, `path-missing`.
 */
export async function serverConfiguration(
  named: string | undefined,
  { environment }: Pick<CommandContext, 'environment'>,
): Promise<ServerConfiguration> {
  const given = await withSecretFiles(environment, environment['INIT_CWD'] ?? process.cwd());
  const found = await serverFile(named, given);
  if (found === null)
    return { settings: restricted(defaultServerSettings(), given), file: null, environment: given, others: [] };
  const { file, place } = found;
  const settings = restricted(found.settings, given);
  const filled = { ...(await variablesOf(settings, place)), ...onlySet(given) };
  return { settings, file, environment: filled, others: await namedForges(settings, place) };
}

/** What a file of the server says, and where it stands. */
export interface ServerFile {
  readonly settings: ServerSettings;
  /** Absolute. */
  readonly file: string;
  readonly place: FilePlace;
}

/** The file that was named, or that `FAIRLEAD_CONFIG` names; null without. No secret is read. Throws as `serverConfiguration`. */
export async function serverFile(
  named: string | undefined,
  environment: CommandContext['environment'],
): Promise<ServerFile | null> {
  const cwd = environment['INIT_CWD'] ?? process.cwd();
  const path = named ?? environment['FAIRLEAD_CONFIG'];
  if (!isSet(path)) return null;
  const file = resolve(cwd, path);
  const settings = atFolder(await readSettings(path, cwd), dirname(file));
  return { settings, file, place: { environment, folder: dirname(file), file: path } };
}

async function readSettings(path: string, cwd: string): Promise<ServerSettings> {
  const { name, bytes } = await readNamedFile(path, cwd);
  const { parseServerSettings } = await import('../world/config/server/parse-server-settings.ts');
  const { settings, problems } = parseServerSettings(bytes ?? '', name);
  if (settings !== null) return settings;
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new FairleadError({
    code: 'usage',
    subject: path,
    message: `${first === undefined ? `${path} is broken` : problemText(first)}${more}`,
    remedy: `${first?.fix ?? 'Correct it.'} \`fairlead config check --server ${path}\` lists all that is wrong.`,
  });
}

/** `FAIRLEAD_MODE` wins over the file. Throws `usage`. */
function restricted(settings: ServerSettings, environment: CommandContext['environment']): ServerSettings {
  const mode = environment['FAIRLEAD_MODE'];
  if (!isSet(mode)) return settings;
  if (mode === 'observe' || mode === 'enforce') return { ...settings, mode };
  throw new FairleadError({
    code: 'usage',
    subject: 'FAIRLEAD_MODE',
    message: `FAIRLEAD_MODE is ${JSON.stringify(mode.slice(0, 40))}, which is no mode`,
    remedy: 'Write observe or enforce.',
  });
}

/** An empty variable says nothing. */
function onlySet(environment: CommandContext['environment']): CommandContext['environment'] {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => isSet(value)));
}

/** The settings with every path taken from the folder of the file. */
function atFolder(settings: ServerSettings, folder: string): ServerSettings {
  const at = (path: string): string => resolve(folder, path);
  const clusters = [...settings.clusters].map(([name, entry]) => [name, clusterAt(entry, at)] as const);
  return {
    ...settings,
    data: settings.data === null ? null : at(settings.data),
    caFile: settings.caFile === null ? null : at(settings.caFile),
    clusters: new Map(clusters),
  };
}

function clusterAt(entry: ClusterEntry, at: (path: string) => string): ClusterEntry {
  return { ...entry, plan: wayAt(entry.plan, at), apply: entry.apply === null ? null : wayAt(entry.apply, at) };
}

function wayAt(way: ClusterWay, at: (path: string) => string): ClusterWay {
  const paths = ['file', 'tokenFile', 'caFile', 'credentialsFile'] as const;
  const fields: Readonly<Record<string, unknown>> = { ...way };
  const found = paths.flatMap((name) => {
    const path = fields[name];
    return typeof path === 'string' ? [[name, at(path)] as const] : [];
  });
  // Only fields the way has are replaced, text by text.
  const placed = { ...way, ...Object.fromEntries(found) } as ClusterWay;
  return placed.kind === 'kubeconfig' && leadsOut(way, at) ? { ...placed, leadsOut: true } : placed;
}

/** A relative path that leads out of the folder of the file. */
function leadsOut(way: ClusterWay, at: (path: string) => string): boolean {
  if (way.kind !== 'kubeconfig' || way.file === null || isAbsolute(way.file)) return false;
  return relative(at('.'), at(way.file)).startsWith('..');
}
