import { BorderError, FairleadError } from '../../../model/error.ts';
import { clientOptions, defaultPace, type Pace, writeOnce } from './client.ts';
import { calling } from './errors.ts';

/** A GitHub App that was just made. */
export interface NewApp {
  readonly id: number;
  readonly slug: string;
  /** Login of the user or organisation it belongs to. */
  readonly owner: string;
  /** Its public page. */
  readonly page: string;
  /** PEM. GitHub hands it out this once. */
  readonly privateKey: string;
  /** Null where GitHub made none. */
  readonly webhookSecret: string | null;
}

/** Where to ask, and how patiently. */
export interface ConversionOptions {
  /** `https://HOST/api/v3`; null: github.com. */
  readonly baseUrl: string | null;
  readonly now: () => Date;
  readonly pace?: Pace;
}

/** Stands for the call in errors: the path itself holds the code, which is a secret until it was used. */
const subject = 'POST /app-manifests/CODE/conversions';

/**
 * Exchanges the code of an app made from a manifest for its credentials, by one call with a deadline. Probot can do the same, but
 * only as its setup server: the class behind it is not exported, reads app.yml from the working directory and the host from the
 * environment, checks no state, and writes `.env`.
 *
 * @throws FairleadError `manifest-code` for a code that is wrong, used, or older than an hour
 * @throws BorderError when GitHub does not answer, or answers anything else; the code may then still be good
 */
export async function convertManifest(
  code: string,
  { baseUrl, now, pace = defaultPace }: ConversionOptions,
): Promise<NewApp> {
  const { Octokit } = await import('octokit');
  const octokit = new Octokit({ ...clientOptions(pace), log: silent, ...(baseUrl === null ? {} : { baseUrl }) });
  const errors = { now, redact: (text: string) => text.replaceAll(code, 'CODE') };
  try {
    const route = 'POST /app-manifests/{code}/conversions';
    const { data } = await calling(errors, () => octokit.request(route, { code, ...writeOnce }));
    return {
      id: data.id,
      slug: data.slug ?? String(data.id),
      owner: data.owner !== null && 'login' in data.owner ? data.owner.login : '',
      page: data.html_url,
      privateKey: data.pem,
      webhookSecret: data.webhook_secret,
    };
  } catch (error) {
    throw error instanceof BorderError ? withoutCode(error) : error;
  }
}

/** Failures reach the caller as errors. */
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Nothing to say.
}

function withoutCode(error: BorderError): FairleadError {
  const { kind, code, status, retryAt, cause } = error;
  if (kind === 'not-found' || kind === 'invalid')
    return new FairleadError({
      code: 'manifest-code',
      subject,
      message: `GitHub does not take the code of the new App (${status}): it is wrong, was used before, or is older than an hour`,
      remedy: 'Make the App once more. One that GitHub has made already holds on to its name: delete it there first.',
      cause,
    });
  const message = error.message.replace(error.subject, subject);
  const remedy = 'The code is good for an hour: load the page GitHub led back to once more.';
  return new BorderError({ kind, code, status, retryAt, subject, message, remedy, cause });
}
