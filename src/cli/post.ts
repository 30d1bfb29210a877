import { appendFile, readFile } from 'node:fs/promises';
import { BorderError, FairleadError } from '../model/error.ts';
import type { Review } from '../model/review.ts';
import type { CommandContext } from './context.ts';
import type { Services } from './services.ts';

interface JobPull {
  readonly number: number;
  readonly base: string;
  readonly head: string;
}

/** The pull's range in a GitHub Actions job of a `pull_request` event, or null outside one. */
export async function jobRange(environment: CommandContext['environment']): Promise<string | null> {
  const pull = await jobPull(environment);
  return pull === null ? null : `${pull.base}..${pull.head}`;
}

/** A job that may be asked to comment on its pull. */
export interface PostJob {
  readonly pull: number;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
}

/** The job to post from, asked before the work begins. Throws `FairleadError` code `usage` outside a GitHub Actions job of a pull. */
export async function postJob(environment: CommandContext['environment']): Promise<PostJob> {
  const pull = await jobPull(environment);
  const repository = environment['GITHUB_REPOSITORY'];
  const token = environment['GITHUB_TOKEN'];
  if (pull === null || repository === undefined) {
    throw usage(
      '--post works in a GitHub Actions job of a pull_request event',
      'Leave --post out here; in a workflow, run it on: pull_request.',
    );
  }
  if (token === undefined || token === '') {
    throw usage('--post needs GITHUB_TOKEN', 'Set it to github.token in the env of the step.');
  }
  return { pull: pull.number, repository, token };
}

/**
 * Posts the review as the pull's sticky comment. Where the job's token may not write (pulls from forks), the step summary gets it
 * instead, and a line says so.
 */
export async function postFromJob(
  job: PostJob,
  review: Review,
  services: Services,
  context: CommandContext,
): Promise<void> {
  const apiUrl = context.environment['GITHUB_API_URL'] ?? 'https://api.github.com';
  try {
    const { url, did } = await services.post({ ...job, review, apiUrl });
    context.terminal.err(`comment ${did}: ${url}`);
  } catch (error) {
    if (!(error instanceof BorderError) || error.kind !== 'forbidden') throw error;
    await writeSummary(services.comment(review), context);
  }
}

async function writeSummary(text: string, { environment, terminal }: CommandContext): Promise<void> {
  const file = environment['GITHUB_STEP_SUMMARY'];
  if (file === undefined) {
    terminal.err('the job token may not write comments, and there is no step summary: the review is on stdout only');
    return;
  }
  await appendFile(file, `${text}\n`);
  terminal.err('the job token may not write comments (as on pulls from forks): the review is in the step summary');
}

async function jobPull(environment: CommandContext['environment']): Promise<JobPull | null> {
  const file = environment['GITHUB_EVENT_PATH'];
  if (environment['GITHUB_ACTIONS'] !== 'true' || file === undefined) return null;
  const event = JSON.parse(await readFile(file, 'utf8')) as {
    readonly pull_request?: {
      readonly number?: number;
      readonly base?: { readonly sha?: string };
      readonly head?: { readonly sha?: string };
    };
  };
  const { number, base, head } = event.pull_request ?? {};
  if (number === undefined || base?.sha === undefined || head?.sha === undefined) return null;
  return { number, base: base.sha, head: head.sha };
}

function usage(message: string, remedy: string): FairleadError {
  return new FairleadError({ code: 'usage', subject: '--post', message, remedy });
}
