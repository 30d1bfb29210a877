import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { discover } from '../../gitops/discover/discover.ts';
import { type Declare, type TreeOrigin, unknownOrigin } from '../../model/declare.ts';
import { FairleadError } from '../../model/error.ts';
import type { Settings } from '../../model/settings.ts';
import type { Tree } from '../../model/tree.ts';
import { directoryTree } from '../../world/git/directory.ts';
import { openRepository } from '../../world/git/repository.ts';
import type { PathRequest } from './path.ts';
import { originOf } from './range.ts';

/** A path as a person named it. */
export interface PathQuestion {
  readonly cwd: string;
  /** Absolute, or relative to `cwd`. */
  readonly path: string;
  readonly kubeVersion: string | null;
  /** What git is given of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the folder's own `.fairlead.yaml` says. */
  readonly settingsAt: (tree: Tree, signal: AbortSignal) => Promise<Settings>;
  readonly declare: Declare;
  readonly signal: AbortSignal;
}

/**
 * The files a path stands in: the whole repository it belongs to; where there is none, the working directory or, for a path
 * outside it, its own folder. Throws `FairleadError` `path-missing`.
 */
export async function pathRequest(run: PathQuestion): Promise<PathRequest> {
  const path = await realPath(resolve(run.cwd, run.path), run.path);
  const { root, origin } = await rootOf(path, await realPath(run.cwd, run.cwd), run);
  const tree = await directoryTree({ root, signal: run.signal });
  const under = relative(root, path).split(sep).join('/');
  const settings = await run.settingsAt(tree, run.signal);
  const { applications } = await discover(tree, { under, settings, origin, declare: run.declare }, run.signal);
  return { tree, path: under, origin, applications, kubeVersion: run.kubeVersion };
}

interface Root {
  readonly root: string;
  readonly origin: TreeOrigin;
}

async function rootOf(path: string, cwd: string, { environment, signal }: PathQuestion): Promise<Root> {
  const folder = (await stat(path)).isDirectory() ? path : dirname(path);
  try {
    const repository = await openRepository({ path: folder, environment, signal });
    const origin = await originOf('HEAD', repository, signal);
    await repository.close();
    // Nothing is merged here: what follows any branch of the repository is what lies on disk.
    return { root: repository.path, origin: { own: { ...origin.own, branch: '' } } };
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    return { root: `${path}${sep}`.startsWith(`${cwd}${sep}`) ? cwd : folder, origin: unknownOrigin };
  }
}

async function realPath(path: string, name: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    throw new FairleadError({
      code: 'path-missing',
      subject: name,
      message: `there is no file or folder ${name}`,
      remedy: 'Check the path, or --cwd.',
      cause,
    });
  }
}

/** The bytes of a values file anywhere on disk. Throws `FairleadError` `path-missing`. */
export async function valuesFile(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FairleadError({
      code: 'path-missing',
      subject: name,
      message: `the values file ${name} cannot be read`,
      remedy: 'Check the path after -f.',
      cause,
    });
  }
}
