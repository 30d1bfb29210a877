import type { Access } from './access.ts';
import { calling } from './errors.ts';

/** What stands at a path. */
export interface Entry {
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
}

type Folder = ReadonlyMap<string, Entry>;

/**
 * What stands at the paths below a tree; a path that is not there is left out. Folders are read one by one, as GitHub cuts
 * a recursive listing of a large repository short.
 */
export async function findEntries(
  access: Access,
  root: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Entry>> {
  const read = new Map<string, Folder>([['', await readFolder(access, root)]]);
  const found = new Map<string, Entry>();
  for (const path of paths) {
    const entry = (await folderAt(access, read, parentOf(path))).get(nameOf(path));
    if (entry !== undefined) found.set(path, entry);
  }
  return found;
}

/** The folder at a path, from those that were read before or by way of its parent. Empty when it is no folder. */
async function folderAt(access: Access, read: Map<string, Folder>, path: string): Promise<Folder> {
  const known = read.get(path);
  if (known !== undefined) return known;
  const entry = (await folderAt(access, read, parentOf(path))).get(nameOf(path));
  const folder = entry?.type === 'tree' ? await readFolder(access, entry.sha) : new Map<string, Entry>();
  read.set(path, folder);
  return folder;
}

async function readFolder(access: Access, sha: string): Promise<Folder> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/git/trees/{tree_sha}';
  const { data } = await calling(access.errors, () => client.request(route, { owner, repo, tree_sha: sha }));
  return new Map(data.tree.map(({ path, mode, type, sha: id }) => [path, { mode, type, sha: id }]));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
