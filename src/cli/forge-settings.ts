import { readFile } from 'node:fs/promises';
import { FairleadError } from '../model/error.ts';
import { isSet } from './secret-files.ts';
import type { ServeRun } from './services.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** GitHub when there is an APP_ID, GitLab when there is a GITLAB_TOKEN; at least one of them, where the file tells no others. */
export async function variableForges(
  environment: Environment,
  { hasOthers }: { readonly hasOthers: boolean },
): Promise<Pick<ServeRun, 'github' | 'gitlab'>> {
  const hasGitLab = isSet(environment['GITLAB_TOKEN']);
  const isOptional = hasGitLab || hasOthers;
  const github = isOptional && !isSet(environment['APP_ID']) ? null : await gitHub(environment);
  return { github, gitlab: hasGitLab ? gitLab(environment) : null };
}

/** Address of a GitHub Enterprise Server, as `GHE_HOST` and `GHE_PROTOCOL` have it; null: github.com. */
export function enterpriseHome(environment: Environment): string | null {
  const { GHE_HOST: host, GHE_PROTOCOL: protocol } = environment;
  return isSet(host) ? `${isSet(protocol) ? protocol : 'https'}://${host}` : null;
}

/** Where its API is; null: that of github.com. */
export function apiOf(home: string | null): string | null {
  return home === null ? null : `${home}/api/v3`;
}

async function gitHub(environment: Environment): Promise<ServeRun['github']> {
  return {
    appId: required(environment, 'APP_ID'),
    privateKey: await privateKey(environment),
    webhookSecrets: secrets(environment, 'WEBHOOK_SECRET'),
    baseUrl: apiOf(enterpriseHome(environment)),
  };
}

function gitLab(environment: Environment): ServeRun['gitlab'] {
  return {
    url: environment['GITLAB_URL'] ?? 'https://gitlab.com',
    token: required(environment, 'GITLAB_TOKEN'),
    webhookSecrets: secrets(environment, 'GITLAB_WEBHOOK_SECRET').filter(isSet),
    signingSecrets: secrets(environment, 'GITLAB_SIGNING_SECRET').filter(isSet),
  };
}

/** A secret, and while it is being replaced also the one called so with `_OLD`. */
function secrets(environment: Environment, name: string): readonly string[] {
  const old = environment[`${name}_OLD`];
  return [environment[name] ?? '', ...(isSet(old) ? [old] : [])];
}

async function privateKey(environment: Environment): Promise<string> {
  const path = environment['PRIVATE_KEY_PATH'];
  const text = environment['PRIVATE_KEY'];
  return text === undefined && path !== undefined ? readKey(path) : required(environment, 'PRIVATE_KEY');
}

async function readKey(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FairleadError({
      code: 'usage',
      subject: path,
      message: `the private key ${path} cannot be read`,
      remedy: 'Check PRIVATE_KEY_PATH.',
      cause,
    });
  }
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  throw new FairleadError({
    code: 'usage',
    subject: name,
    message: `serve needs ${name}`,
    remedy:
      'Set the GitHub App credentials: APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET; or GITLAB_URL, GITLAB_TOKEN and GITLAB_WEBHOOK_SECRET. `fairlead setup github` makes such an App.',
  });
}
