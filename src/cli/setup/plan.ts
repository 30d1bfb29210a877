import { FairleadError } from '../../model/error.ts';
import { type AppYml, readAppYml } from '../app-yml.ts';
import type { CommandContext } from '../context.ts';
import { workingDirectory } from '../context.ts';
import { apiOf, enterpriseHome } from '../forge-settings.ts';
import { portOf } from '../port.ts';
import { isSet } from '../secret-files.ts';

/** Flags of `fairlead setup github`, as typed. */
export interface SetupFlags {
  readonly url?: string;
  readonly org?: string;
  readonly port: string;
  readonly host: string;
  readonly out?: string;
}

/** Which App is to be made, where, and what becomes of its credentials. */
export interface SetupPlan {
  /** What the App is made from. */
  readonly manifest: AppYml;
  /** Address of the pages of GitHub, without a slash at its end. */
  readonly home: string;
  /** That of its API; null: github.com. */
  readonly baseUrl: string | null;
  /** What says so to the server: empty for github.com. */
  readonly variables: Readonly<Record<string, string>>;
  /** Null: the account of whoever presses the button. */
  readonly organisation: string | null;
  /** Where webhooks go; null: none are sent. */
  readonly hookUrl: string | null;
  /** Absolute. */
  readonly folder: string;
  /** What the page listens on. */
  readonly host: string;
  readonly port: number;
}

/** Reads flags and environment; a flag wins. Throws `FairleadError` `usage`. */
export function setupPlan(flags: SetupFlags, environment: CommandContext['environment']): SetupPlan {
  const home = homeOf(environment);
  return {
    manifest: readAppYml(),
    home: home ?? 'https://github.com',
    baseUrl: apiOf(home),
    variables: home === null ? {} : enterpriseVariables(environment),
    organisation: organisationOf(flags.org ?? environment['GH_ORG']),
    hookUrl: flags.url === undefined ? null : hookUrlOf(flags.url),
    folder: workingDirectory(environment, flags.out),
    host: flags.host,
    port: portOf(flags.port),
  };
}

function homeOf(environment: CommandContext['environment']): string | null {
  const home = enterpriseHome(environment);
  if (home === null || /^https?:\/\/[A-Za-z0-9.-]+(?::\d+)?$/.test(home)) return home;
  throw usage('GHE_HOST', `${home} is no address of a GitHub Enterprise Server`, {
    remedy: 'Set GHE_HOST to its host alone, such as github.acme.com, and GHE_PROTOCOL to https or http.',
  });
}

function enterpriseVariables({ GHE_HOST: host, GHE_PROTOCOL: protocol }: CommandContext['environment']) {
  return { GHE_HOST: host ?? '', ...(isSet(protocol) ? { GHE_PROTOCOL: protocol } : {}) };
}

function organisationOf(name: string | undefined): string | null {
  if (!isSet(name)) return null;
  if (/^[\w-]{1,100}$/.test(name)) return name;
  throw usage('--org', `${name.slice(0, 100)} is no name of an organisation`, {
    remedy: 'Give --org (or GH_ORG) the name as it stands in the address of the organisation.',
  });
}

/** The address of the hook below that of the server. It may hold a password, so errors do not repeat it. */
function hookUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || /[@?#]/.test(text)) {
    throw usage('--url', 'this is no address of a server: http or https, a host, at most a path', {
      remedy: 'Give the address at which GitHub reaches `fairlead serve`, such as https://bot.example.com.',
    });
  }
  if (/^(?:localhost|.*\.localhost|127\..*|0\.0\.0\.0|\[::1?\])$/.test(url.hostname)) {
    throw usage(
      '--url',
      `webhooks cannot come to ${url.hostname}: that is this machine, and GitHub sends them from its own`,
      {
        remedy: 'Give an address that GitHub reaches, or leave --url out and start serve with --poll.',
      },
    );
  }
  return `${url.href.replace(/\/*(?:\/hooks\/github)?\/*$/, '')}/hooks/github`;
}

function usage(subject: string, message: string, { remedy }: { readonly remedy: string }): FairleadError {
  return new FairleadError({ code: 'usage', subject, message, remedy });
}
