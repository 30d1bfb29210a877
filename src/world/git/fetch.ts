import { FairleadError } from '../../model/error.ts';
import type { FetchSource } from './git.ts';
import { type Git, lastLines } from './run-git.ts';

/**
 * Fetches named refs or commits over HTTP. The header and what is configured travel in the environment of git only; the header is
 * cut from what git says. With `keepRefs` a ref is stored under its own name and a commit under `refs/fairlead/`; else only objects
 * are fetched. Throws `fetch-failed`.
 */
export async function fetchRefs(
  git: Git,
  source: FetchSource,
  options: { readonly keepRefs: boolean; readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<void> {
  const refs = source.refs.map((ref) => refspec(ref, options.keepRefs));
  await callServer(git, source, { ...options, before: [...fetchArguments, ...depthOf(source)], after: refs });
}

/**
 * Full names of the branches and tags a server has, with the object each names; of an annotated tag what it points to. Credentials
 * travel as in a fetch. Throws `fetch-failed`, `command-output` (more than 16 MiB of names).
 */
export async function listRefs(
  git: Git,
  source: ServerWay,
  options: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<ReadonlyMap<string, string>> {
  const before = ['ls-remote', '--quiet', '--heads', '--tags'];
  const listed = await callServer(git, source, { ...options, before, after: [] });
  const lines = listed.split('\n').filter((line) => line !== '');
  // What a tag points to comes after the tag itself, as its name with `^{}`.
  return new Map(
    lines.map((line) => {
      const [id = '', name = ''] = line.split('\t', 2);
      return [name.replace(/\^\{\}$/, ''), id];
    }),
  );
}

/** How a server is reached, whatever is asked of it. */
type ServerWay = Pick<FetchSource, 'url' | 'header' | 'config'>;

/** Runs a command that names a server; gives what it wrote. */
async function callServer(
  git: Git,
  source: ServerWay,
  call: {
    readonly before: readonly string[];
    readonly after: readonly string[];
    readonly signal: AbortSignal;
    readonly deadlineMs: number;
  },
): Promise<string> {
  const url = plainUrl(source.url);
  const result = await git.run({
    args: [...call.before, '--', url, ...call.after],
    signal: call.signal,
    deadlineMs: call.deadlineMs,
    protocols: 'http:https',
    secretConfig: {
      ...source.config,
      ...(source.header === null ? {} : { 'http.extraHeader': source.header }),
    },
  });
  if (result.code !== 0) throw fetchFailed(url, withoutSecret(result.stderr, source.header));
  return result.stdout.toString('utf8');
}

const fetchArguments = [
  ...['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--force'],
];

function depthOf({ depth }: FetchSource): readonly string[] {
  return depth === undefined ? [] : [`--depth=${depth}`];
}

/** A URL that git may be given: HTTP, and nothing secret in it. */
function plainUrl(text: string): string {
  const url = URL.parse(text);
  const isHttp = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  if (isHttp && url.username === '' && url.password === '') return text;
  throw new FairleadError({
    code: 'fetch-failed',
    message: 'A repository is fetched over http or https, without credentials in its URL.',
    subject: url === null ? 'remote' : url.host,
    remedy: 'Give the URL without credentials and the header apart.',
  });
}

function refspec(ref: string, keepRefs: boolean): string {
  if (!/^(?:HEAD|refs\/[^\s:^~?*[\\]+|[0-9a-f]{40,64})$/.test(ref) || ref.includes('..')) {
    throw new FairleadError({
      code: 'fetch-failed',
      message: `${JSON.stringify(ref)} is neither a full ref name nor a commit id nor HEAD.`,
      subject: ref,
      remedy: 'Name refs as refs/heads/main.',
    });
  }
  if (!keepRefs) return ref;
  return `+${ref}:${ref.startsWith('refs/') ? ref : `refs/fairlead/${ref}`}`;
}

/** Git does not print the header; a server might send it back. */
function withoutSecret(text: string, header: string | null): string {
  if (header === null) return text;
  const value = header.slice(header.indexOf(':') + 1).trim();
  const token = value.slice(value.indexOf(' ') + 1);
  const decoded = Buffer.from(token, 'base64').toString('latin1');
  const secrets = [header, value, token, decoded, ...decoded.split(':')].filter((part) => part.length >= 6);
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '(hidden)'), text);
}

function fetchFailed(url: string, stderr: string): FairleadError {
  const isRefused = /Authentication failed|could not read Username|terminal prompts disabled|\b40[13]\b/.test(stderr);
  const isMissing = /not found|couldn't find remote ref|not our ref/i.test(stderr);
  const remedy = isRefused
    ? 'Check that the credentials may read this repository and have not expired.'
    : isMissing
      ? 'Check that the repository and the branch exist and may be read.'
      : 'Check that the server can be reached, then try again.';
  return new FairleadError({
    code: 'fetch-failed',
    message: `Fetching from ${url} failed: ${lastLines(stderr)}`,
    subject: url,
    remedy,
  });
}
