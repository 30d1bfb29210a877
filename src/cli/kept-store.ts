import { join } from 'node:path';
import { Option } from 'commander';
import { FairleadError } from '../model/error.ts';
import type { RepoRef } from '../model/repo.ts';
import { someOf } from '../model/some-of.ts';
import type { Store } from '../world/store/store.ts';
import type { CommandContext } from './context.ts';
import { dataFolder } from './data-folder.ts';
import { databaseUrl } from './database-url.ts';

/** What a command that looks into a store is told. */
export interface StoreOptions {
  readonly data?: string;
  readonly repo?: string;
}

/** `--repo OWNER/NAME`. */
export const repoOption = (): Option =>
  new Option('--repo <owner/name>', 'which repository, where the store knows several');

/**
 * Opens the store of DATABASE_URL, else of the data folder, to read, also while the server runs, and closes it afterwards. Naming
 * a data folder means that one. Throws `FairleadError`: `store-missing`, and what the work throws.
 */
export async function withStore<T>(
  { data }: StoreOptions,
  context: CommandContext,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openReadOnly(data, context);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function openReadOnly(data: string | undefined, context: CommandContext): Promise<Store> {
  const url = data === undefined ? await databaseUrl(context.environment) : null;
  if (url !== null) {
    const { openPostgresReadOnly } = await import('../world/store/postgres/read-only.ts');
    return openPostgresReadOnly(url);
  }
  const { openSqliteReadOnly } = await import('../world/store/sqlite/read-only.ts');
  return openSqliteReadOnly(join(dataFolder(data, context), 'fairlead.db'));
}

/** The repository that is meant: the named one, or the only one. Throws `FairleadError` `usage`, naming those there are. */
export async function repoOf(store: Pick<Store, 'repos'>, wanted: string | undefined): Promise<RepoRef> {
  const known = await store.repos.list();
  const meant =
    wanted === undefined ? known : known.filter(({ fullName }) => fullName.toLowerCase() === wanted.toLowerCase());
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  throw new FairleadError({ code: 'usage', ...unclear(known, wanted) });
}

function unclear(
  known: readonly RepoRef[],
  wanted: string | undefined,
): { readonly subject: string; readonly message: string; readonly remedy: string } {
  if (known.length === 0)
    return {
      subject: '--repo',
      message: 'the store knows no repository yet',
      remedy: 'It knows one as soon as a webhook of it came in.',
    };
  const all = someOf(
    known.map(({ fullName }) => fullName),
    10,
  );
  const message = wanted === undefined ? 'the store knows several repositories' : `the store does not know ${wanted}`;
  return { subject: wanted ?? '--repo', message, remedy: `Name one with --repo: ${all}.` };
}
