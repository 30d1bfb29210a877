import { resolve } from 'node:path';
import { FairleadError } from '../model/error.ts';
import type { ForgeEntry, NamedForge, SecretSource, ServerSettings } from '../model/server-settings.ts';
import { isSet, readSecretFile } from './secret-files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a server's file stands, and what the environment holds. */
export interface FilePlace {
  readonly environment: Environment;
  readonly folder: string;
  /** As it was named, for errors. */
  readonly file: string;
}

/** What a file says, as the variables that say the same. Throws `FairleadError` `usage` for a secret that cannot be had. */
export async function variablesOf(settings: ServerSettings, place: FilePlace): Promise<Environment> {
  const { host, port, data, logLevel, poll, database } = settings;
  const given = {
    HOST: host,
    PORT: port === null ? null : String(port),
    FAIRLEAD_DATA: data,
    LOG_LEVEL: logLevel,
    FAIRLEAD_POLL: poll === null ? null : poll === 0 ? '0' : `${poll / 1000}s`,
    DATABASE_URL: isSet(place.environment['DATABASE_URL']) ? null : await secretOf(database, 'database.url', place),
    ...(await gitHubVariables(settings.forges.get('github'), place)),
    ...(await gitLabVariables(settings.forges.get('gitlab'), place)),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Environment; // null is gone
}

/** Variables that are set already are left alone, and so are the files that would give them. */
async function gitHubVariables(entry: ForgeEntry | undefined, place: FilePlace) {
  if (entry === undefined) return {};
  const url = entry.url === null ? null : new URL(entry.url);
  const isDotCom = url === null || url.hostname === 'github.com';
  const hasKey = isSet(place.environment['PRIVATE_KEY']) || isSet(place.environment['PRIVATE_KEY_PATH']);
  const read = secretReader(entry, 'github', place);
  return {
    APP_ID: entry.appId === null ? null : String(entry.appId),
    PRIVATE_KEY: hasKey ? null : await read('privateKey', 'PRIVATE_KEY'),
    WEBHOOK_SECRET: await read('webhookSecret', 'WEBHOOK_SECRET'),
    WEBHOOK_SECRET_OLD: await read('oldWebhookSecret', 'WEBHOOK_SECRET_OLD'),
    GHE_HOST: isDotCom ? null : url.host,
    GHE_PROTOCOL: isDotCom ? null : url.protocol.replace(':', ''),
  };
}

async function gitLabVariables(entry: ForgeEntry | undefined, place: FilePlace) {
  if (entry === undefined) return {};
  const read = secretReader(entry, 'gitlab', place);
  return {
    GITLAB_URL: entry.url,
    GITLAB_TOKEN: await read('token', 'GITLAB_TOKEN'),
    GITLAB_WEBHOOK_SECRET: await read('webhookSecret', 'GITLAB_WEBHOOK_SECRET'),
    GITLAB_WEBHOOK_SECRET_OLD: await read('oldWebhookSecret', 'GITLAB_WEBHOOK_SECRET_OLD'),
    GITLAB_SIGNING_SECRET: await read('signingSecret', 'GITLAB_SIGNING_SECRET'),
  };
}

type SecretName = 'privateKey' | 'token' | 'webhookSecret' | 'oldWebhookSecret' | 'signingSecret';

function secretReader(entry: ForgeEntry, forge: string, place: FilePlace) {
  return async (name: SecretName, variable: string | null): Promise<string | null> =>
    variable !== null && isSet(place.environment[variable])
      ? null
      : secretOf(entry[name], `forges.${forge}.${name}`, place);
}

/** The forges of a file that no variable speaks of. Throws `FairleadError` `usage` for one without its credentials. */
export async function namedForges({ forges }: ServerSettings, place: FilePlace): Promise<readonly NamedForge[]> {
  const others = [...forges].filter(([name]) => name !== 'github' && name !== 'gitlab');
  return Promise.all(others.map(([name, entry]) => (entry.kind === 'github' ? gitHub : gitLab)(name, entry, place)));
}

async function gitHub(name: string, entry: ForgeEntry, place: FilePlace): Promise<NamedForge> {
  const read = secretReader(entry, name, place);
  return {
    kind: 'github',
    name,
    appId: String(needed(entry.appId, `forges.${name}.appId`, place)),
    privateKey: needed(await read('privateKey', null), `forges.${name}.privateKeyFile`, place),
    webhookSecrets: present([await read('webhookSecret', null), await read('oldWebhookSecret', null)]),
    baseUrl:
      entry.url === null || new URL(entry.url).hostname === 'github.com'
        ? null
        : `${entry.url.replace(/\/+$/, '')}/api/v3`,
  };
}

async function gitLab(name: string, entry: ForgeEntry, place: FilePlace): Promise<NamedForge> {
  const read = secretReader(entry, name, place);
  return {
    kind: 'gitlab',
    name,
    url: entry.url ?? 'https://gitlab.com',
    token: needed(await read('token', null), `forges.${name}.tokenFile`, place),
    webhookSecrets: present([await read('webhookSecret', null), await read('oldWebhookSecret', null)]),
    signingSecrets: present([await read('signingSecret', null)]),
  };
}

function present(values: readonly (string | null)[]): readonly string[] {
  return values.filter((value) => value !== null);
}

function needed<T>(value: T | null, path: string, { file }: FilePlace): T {
  if (value !== null) return value;
  throw new FairleadError({
    code: 'usage',
    subject: file,
    message: `${file} does not say ${path}`,
    remedy: `Write it, or remove the forge; docs/server-config.md lists what each kind needs.`,
  });
}

/** The secret an option of the file names; null where it names none. `path` names the option in errors. Throws `usage`. */
export async function secretOf(source: SecretSource | null, path: string, place: FilePlace): Promise<string | null> {
  if (source === null) return null;
  if (source.kind === 'file') return readSecretFile(resolve(place.folder, source.path), `${path}File`);
  const value = place.environment[source.name];
  if (isSet(value)) return value;
  throw new FairleadError({
    code: 'usage',
    subject: `${path}Env`,
    message: `${place.file}: ${path}Env names ${source.name}, which is not set`,
    remedy: 'Set the variable, or name another one.',
  });
}
