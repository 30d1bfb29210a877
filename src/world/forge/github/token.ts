import { BorderError } from '../../../model/error.ts';
import { noGuard } from '../calls/guard.ts';
import type { RepoPort } from '../forge.ts';
import { createTurns, lazily, splitName } from './access.ts';
import { type Client, clientOptions, defaultPace } from './client.ts';
import { calling, type ErrorContext } from './errors.ts';
import type { GitHubSurroundings } from './github.ts';
import { guardClient } from './guarded-client.ts';
import { createRepoPort } from './repo.ts';

/** How to be whoever a token belongs to. */
export interface TokenOptions extends GitHubSurroundings {
  /** `GITHUB_TOKEN` of an Actions job, or a person's token. */
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** The user that comments made with an Actions token come from. */
const ACTIONS_USER = 'github-actions[bot]';

/**
 * One repository through a token, for a command without a server. On pulls from forks the token of an Actions job is
 * read-only: writing then throws `BorderError` with kind `forbidden`. Check runs may be refused where the job does not
 * have `checks: write`.
 *
 * @throws BorderError not-found, unauthorized, forbidden, unavailable
 */
export async function createGitHubWithToken(options: TokenOptions): Promise<RepoPort> {
  const { Octokit } = await import('octokit');
  const { token, baseUrl, pace = defaultPace } = options;
  const { throttle, retry, request } = clientOptions(pace);
  const base = baseUrl === undefined ? {} : { baseUrl };
  const errors = { now: options.now, redact: options.redact };
  const guarding = { guard: noGuard, errors, pace, renew: async () => null };
  const octokit = new Octokit({ auth: token, throttle, retry, request, log: silent, ...base });
  const client = guardClient(octokit, guarding);
  const { owner, repo } = splitName(options.repository);
  const { data } = await calling(errors, () => client.request('GET /repos/{owner}/{repo}', { owner, repo }));
  return createRepoPort({
    client,
    ref: { forge: 'github', id: Number(data.id), fullName: data.full_name, installation: null },
    owner,
    repo,
    errors,
    oneAtATime: createTurns(),
    authorIds: lazily(() => findAuthors(client, errors)),
    gitToken: async () => token,
  });
}

/** Octokit writes to the console unless told otherwise; failures reach the caller as errors anyway. */
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Nothing to say.
}

/** Our own user; a token of Actions has none of its own and may not ask, so it is the user Actions comments as. */
async function findAuthors(client: Client, errors: ErrorContext): Promise<ReadonlySet<number>> {
  try {
    return new Set([Number((await calling(errors, () => client.request('GET /user'))).data.id)]);
  } catch (error) {
    if (!(error instanceof BorderError) || error.kind !== 'forbidden') throw error;
  }
  const route = 'GET /users/{username}';
  const { data } = await calling(errors, () => client.request(route, { username: ACTIONS_USER }));
  return new Set([Number(data.id)]);
}
