import { isJsonObject, type Json, type JsonObject, pick } from '../../../model/json.ts';
import { wayKinds } from '../../../model/server-settings.ts';
import { type ConfigPath, type Fault, listed, pathText, quote } from '../problem.ts';
import { optionFaults } from '../schema-faults.ts';
import { argocdFaults } from './argocd-faults.ts';
import { serverOptions } from './server-options.ts';
import { sourceFaults } from './source-faults.ts';
import { unknownCluster } from './unknown-cluster.ts';
import { usedByFaults } from './used-by-faults.ts';

/** Keys a secret itself would stand under, and what is written in their place. */
const literals: Readonly<Record<string, string>> = {
  privateKey: 'privateKey',
  token: 'token',
  webhookSecret: 'webhookSecret',
  oldWebhookSecret: 'oldWebhookSecret',
  signingSecret: 'signingSecret',
  bearerToken: 'token',
  password: 'token',
  secretToken: 'webhookSecret',
  url: 'url',
};

/** Everything that is wrong with a server's file. What could be a secret is never quoted. */
export function serverFaults(value: Json): readonly Fault[] {
  const secrets = literalSecrets(value);
  const taken = new Set(secrets.map(({ at }) => pathText(at)));
  const others = optionFaults(value, serverOptions).filter(({ at }) => !taken.has(pathText(at)));
  const kinds = [forgeFaults, clusterFaults, usedByFaults, sourceFaults, doubledHosts, argocdFaults];
  const together = kinds.flatMap((faultsOf) => faultsOf(value));
  return [...secrets, ...others.map(unquoted), ...together];
}

/** The value of an option that names where a secret stands may be the secret itself. */
function unquoted(fault: Fault): Fault {
  const last = fault.at.at(-1);
  if (typeof last !== 'string' || !/(?:File|Env)$/.test(last)) return fault;
  const message = fault.message.replace(/(?:the text )?"(?:[^"\\]|\\.)*(?:"|…)/, 'what is written');
  return { ...fault, message };
}

function literalSecrets(value: Json): readonly Fault[] {
  const places: readonly (readonly [ConfigPath, Json | undefined])[] = [
    ...entriesOf(value, 'forges').map(([name, entry]) => [['forges', name], entry] as const),
    [['database'], pick(value, 'database')],
    [['argocd'], pick(value, 'argocd')],
    ...sourceHosts(value).map(([name, entry]) => [['sources', 'hosts', name], entry] as const),
    ...entriesOf(value, 'clusters').flatMap(([name, entry]) =>
      ['plan', 'apply'].flatMap((who) =>
        wayKinds.map((kind) => [['clusters', name, who, kind], pick(entry, who, kind)] as const),
      ),
    ),
  ];
  return places.flatMap(([at, entry]) => secretsIn(at, entry));
}

function secretsIn(at: ConfigPath, entry: Json | undefined): readonly Fault[] {
  if (typeof entry === 'string' && at[0] === 'database') return [literal(at, 'url')];
  if (!isJsonObject(entry)) return [];
  const hasUrl = at[0] === 'forges' || at[0] === 'argocd';
  return Object.keys(entry).flatMap((key) => {
    const name = at[0] === 'sources' && key === 'password' ? key : literals[key];
    // A mapping that says where one lies; a text is the thing itself.
    if (at[0] === 'sources' && key === 'secret' && typeof entry[key] === 'string')
      return [literal([...at, key], 'token')];
    return name === undefined || (hasUrl && key === 'url') ? [] : [literal([...at, key], name)];
  });
}

function literal(at: ConfigPath, name: string): Fault {
  const message = 'a secret never stands in this file';
  return { at, message, fix: `Write ${name}File: PATH of a file that holds it, or ${name}Env: NAME of a variable.` };
}

function entriesOf(value: Json, key: string): readonly (readonly [string, Json])[] {
  const found = pick(value, key);
  return isJsonObject(found) ? Object.entries(found) : [];
}

/** What goes with each kind of forge, and secrets with two sources. */
function forgeFaults(value: Json): readonly Fault[] {
  return entriesOf(value, 'forges').flatMap(([name, entry]) => {
    if (!isJsonObject(entry)) return [];
    const at = ['forges', name];
    return [...misnamed(name, entry), ...strangers(at, entry), ...twice(at, entry)];
  });
}

/** `github` and `gitlab` are what the variables speak of. */
function misnamed(name: string, { kind }: JsonObject): readonly Fault[] {
  if (typeof kind !== 'string' || ofKind[name] === undefined || kind === name) return [];
  return [
    {
      at: ['forges', name, 'kind'],
      message: `a forge called ${name} is of kind ${name}`,
      fix: 'Give it another name.',
    },
  ];
}

const ofKind: Readonly<Record<string, readonly string[]>> = {
  github: ['appId', 'privateKeyFile', 'privateKeyEnv'],
  gitlab: ['tokenFile', 'tokenEnv', 'signingSecretFile', 'signingSecretEnv'],
};

function strangers(at: ConfigPath, entry: JsonObject): readonly Fault[] {
  const { kind } = entry;
  const other = kind === 'github' ? 'gitlab' : 'github';
  if (typeof kind !== 'string' || ofKind[kind] === undefined) return [];
  return (ofKind[other] ?? [])
    .filter((key) => Object.hasOwn(entry, key))
    .map((key) => ({
      at: [...at, key],
      message: `is for a forge of kind ${other}`,
      fix: 'Remove it, or correct kind.',
    }));
}

function twice(at: ConfigPath, entry: JsonObject): readonly Fault[] {
  return Object.keys(entry)
    .filter((key) => key.endsWith('File') && Object.hasOwn(entry, key.replace(/File$/, 'Env')))
    .map((key) => {
      const other = key.replace(/File$/, 'Env');
      return { at: [...at, other], message: `${key} says the same thing`, fix: 'Keep one of the two.' };
    });
}

function sourceHosts(value: Json): readonly (readonly [string, Json])[] {
  return entriesOf(pick(value, 'sources') ?? null, 'hosts');
}

function doubledHosts(value: Json): readonly Fault[] {
  return sourceHosts(value).flatMap(([name, entry]) =>
    isJsonObject(entry) ? twice(['sources', 'hosts', name], entry) : [],
  );
}

function clusterFaults(value: Json): readonly Fault[] {
  const names = entriesOf(value, 'clusters').map(([name]) => name);
  const pairs = ['database', 'argocd'].map((key) => [key, pick(value, key)] as const);
  return [
    ...pairs.flatMap(([key, entry]) => (isJsonObject(entry) ? twice([key], entry) : [])),
    ...entriesOf(value, 'clusters').flatMap(([name, entry]) =>
      (['plan', 'apply'] as const).flatMap((who) =>
        wayFaults({ at: ['clusters', name, who], name }, pick(entry, who), names),
      ),
    ),
    ...accountFaults(value),
  ];
}

/** Without tenants nobody could be impersonated. */
function accountFaults(value: Json): readonly Fault[] {
  if (entriesOf(value, 'tenancy').length > 0) return [];
  return entriesOf(value, 'clusters')
    .filter(([, entry]) => pick(entry, 'serviceAccounts') === 'required')
    .map(([name]) => ({
      at: ['clusters', name, 'serviceAccounts'],
      message: 'asks for service accounts, and no tenant names one',
      fix: 'Write tenancy with serviceAccount, or remove it.',
    }));
}

/** Exactly one way in; one that leads over another cluster must not end where it began. */
function wayFaults(
  { at, name }: { readonly at: ConfigPath; readonly name: string },
  way: Json | undefined,
  names: readonly string[],
): readonly Fault[] {
  if (!isJsonObject(way)) return [];
  const used = wayKinds.filter((kind) => Object.hasOwn(way, kind));
  const [first, second] = used;
  if (first === undefined) return [{ at, message: 'names no way in', fix: `Write one of ${listed(wayKinds)}.` }];
  if (second !== undefined)
    return [{ at: [...at, second], message: `${first} is a way in already`, fix: 'Keep one of them.' }];
  const from = pick(way, 'argocd', 'from');
  if (typeof from !== 'string') return [];
  const path = [...at, 'argocd', 'from'];
  if (from === name)
    return [
      { at: path, message: `${quote(from)} would be read from itself`, fix: 'Name the cluster where Argo CD lives.' },
    ];
  return unknownCluster(path, from, names);
}
