import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FairleadError } from '../../model/error.ts';
import type { NewApp } from '../../world/forge/github/app-manifest.ts';
import type { SetupPlan } from './plan.ts';

/** Where the credentials of an App are kept. */
export interface KeptApp {
  readonly app: Pick<NewApp, 'slug' | 'owner' | 'page'>;
  readonly keyFile: string;
  readonly environmentFile: string;
  /** Whether GitHub made the webhook secret. If not we did, and it must be set there too. */
  readonly isSecretTheirs: boolean;
}

/** Two files that are ours and empty. */
export interface Place {
  /** Writes the credentials down. Throws `FairleadError` `setup-not-kept`, and takes the files away. */
  fill(app: NewApp): Promise<KeptApp>;
  /** Takes the files away again. */
  abandon(): Promise<void>;
}

/**
 * Makes both files before anything is asked of GitHub, which hands out a key once: what would keep us from writing is found while
 * nothing is lost. For their owner only; nothing that exists is overwritten. Throws `FairleadError` `usage`.
 */
export async function reserve({ folder, variables }: Pick<SetupPlan, 'folder' | 'variables'>): Promise<Place> {
  if (/['\p{Cc}]/u.test(folder)) throw useless(folder, 'its name holds a quote or a control character');
  const [keyFile, environmentFile] = [join(folder, 'fairlead.private-key.pem'), join(folder, 'fairlead.env')];
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw useless(folder, reasonOf(cause));
  });
  const key = await create(keyFile);
  const abandonKey = () => discard(key, keyFile);
  const environment = await create(environmentFile).catch(async (error) => {
    await abandonKey();
    throw error;
  });
  const abandon = async (): Promise<void> => {
    await abandonKey();
    await discard(environment, environmentFile);
  };
  const fill = async (app: NewApp): Promise<KeptApp> => {
    const secret = app.webhookSecret ?? randomBytes(32).toString('hex');
    const settings = { APP_ID: String(app.id), PRIVATE_KEY_PATH: keyFile, WEBHOOK_SECRET: secret, ...variables };
    try {
      await write(key, app.privateKey);
      await write(environment, environmentText(app, settings));
    } catch (cause) {
      await abandon();
      throw notKept(app, folder, cause);
    }
    const { slug, owner, page } = app;
    return { app: { slug, owner, page }, keyFile, environmentFile, isSecretTheirs: app.webhookSecret !== null };
  };
  return { fill, abandon };
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (cause) {
    if (reasonOf(cause) !== 'EEXIST') throw useless(path, reasonOf(cause));
    throw new FairleadError({
      code: 'usage',
      subject: path,
      message: `${path} is there already, and is not overwritten`,
      remedy: 'It may hold the credentials of another App: move it away, or name another folder by --out.',
      cause,
    });
  }
}

async function write(file: FileHandle, text: string): Promise<void> {
  await file.writeFile(text);
  await file.sync();
  await file.close();
}

async function discard(file: FileHandle, path: string): Promise<void> {
  await file.close().catch(() => undefined); // closed already, where writing it went well
  await rm(path, { force: true });
}

/** Read alike by a shell, `docker --env-file`, systemd and `node --env-file`, as long as the path needs no quotes. */
function environmentText({ slug }: NewApp, settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quoted(value)}`);
  return `# The GitHub App ${encodeURIComponent(slug)}, by \`fairlead setup github\`. This holds a secret: keep it out of Git.\n${lines.join('\n')}\n`;
}

/** A value as a shell reads it. */
export function quoted(value: string): string {
  return /^[\w./:@%+,=-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown'; // node:fs throws nothing else
}

function useless(path: string, why: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: '--out',
    message: `the credentials of the App cannot be written to ${path.replace(/\p{Cc}/gu, '?')} (${why})`,
    remedy: 'Name a folder by --out that this user may write to.',
  });
}

function notKept({ slug }: NewApp, folder: string, cause: unknown): FairleadError {
  return new FairleadError({
    code: 'setup-not-kept',
    subject: folder,
    message: `GitHub made the App ${slug}, but its key could not be written to ${folder} (${reasonOf(cause)}) and is lost`,
    remedy: 'Make room, delete that App in the settings of GitHub, and press the button again.',
  });
}
