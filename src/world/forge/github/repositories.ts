import type { Logger } from 'pino';
import { BorderError } from '../../../model/error.ts';
import type { RepoRef } from '../../../model/repo.ts';
import { PAGE } from './access.ts';
import type { App } from './app.ts';
import { calling, type ErrorContext } from './errors.ts';

/** Installations and repositories of each that are listed: 3,000. */
const MOST_PAGES = 30;

interface Context {
  readonly errors: ErrorContext;
  readonly logger: Logger;
}

/**
 * Repositories of all installations that are not suspended. An installation that cannot be read keeps nobody else's from being
 * found; it is logged, and asked again the next time.
 */
export async function readRepositories(app: App, context: Context): Promise<readonly RepoRef[]> {
  const found: RepoRef[] = [];
  for (const installation of await readInstallations(app, context)) {
    try {
      found.push(...(await ofInstallation(app, installation, context)));
    } catch (error) {
      if (!(error instanceof BorderError)) throw error;
      context.logger.warn({ installation, code: error.code, reason: error.message }, 'installation not read');
    }
  }
  return found;
}

async function readInstallations({ client }: App, { errors }: Context): Promise<readonly number[]> {
  const active: number[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const asked = { per_page: PAGE, page };
    const { data } = await calling(errors, () => client.request('GET /app/installations', asked));
    active.push(...data.filter(({ suspended_at }) => (suspended_at ?? null) === null).map(({ id }) => Number(id)));
    if (data.length < PAGE) break;
  }
  return active;
}

async function ofInstallation(app: App, installation: number, { errors }: Context): Promise<readonly RepoRef[]> {
  const client = await app.installation(installation);
  const found: RepoRef[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const asked = { per_page: PAGE, page };
    const { data } = await calling(errors, () => client.request('GET /installation/repositories', asked));
    const live = data.repositories.filter(({ archived, disabled }) => archived !== true && disabled !== true);
    found.push(
      ...live.map(({ id, full_name }) => ({ forge: 'github', id: Number(id), fullName: full_name, installation })),
    );
    if (data.repositories.length < PAGE) break;
  }
  return found;
}
