import type { Git } from './run-git.ts';

/** Finds what revisions name, all that are asked for in one moment by one process. */
export interface Lookups {
  /**
   * Full id of an object by its name, such as `main^{commit}`; null when there is none. `also` names what the caller will ask for next
   * of the same revision: it is given along, where it was found in passing.
   */
  find(name: string, also: string | null, signal: AbortSignal): Promise<Found | null>;
}

/** An id, and that of what was asked for along. */
export interface Found {
  readonly id: string;
  readonly also: string | null;
}

/** What one process will look up: names, with what comes along, and the ids it will find. */
interface Batch {
  readonly names: Map<string, string | null>;
  readonly ids: Promise<ReadonlyMap<string, string>>;
}

/** Looks revisions up in a repository. */
export function openLookups(git: Git): Lookups {
  const open = new Map<AbortSignal, Batch>();
  const begin = (signal: AbortSignal): Batch => {
    const names: Batch['names'] = new Map();
    // Whoever asks in the same moment comes along.
    const ids = Promise.resolve().then(() => {
      open.delete(signal);
      return findAll(git, names, signal);
    });
    const batch = { names, ids };
    open.set(signal, batch);
    return batch;
  };
  return {
    find: async (name, also, signal) => {
      const { names, ids } = open.get(signal) ?? begin(signal);
      names.set(name, also);
      const found = await ids;
      const id = found.get(name);
      return id === undefined ? null : { id, also: found.get(also ?? '') ?? null };
    },
  };
}

async function findAll(
  git: Git,
  wanted: ReadonlyMap<string, string | null>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set([...wanted].flatMap(([name, also]) => (also === null ? [name] : [name, also])))];
  const ids = names.length === 1 ? null : await parse(git, names, signal);
  if (ids !== null && ids.length === names.length) return new Map(names.map((name, index) => [name, ids[index] ?? '']));
  // One that is not there fails them all.
  const single = await Promise.all(
    [...wanted.keys()].map(async (name) => [name, await parse(git, ['--verify', '--quiet', name], signal)] as const),
  );
  return new Map(single.flatMap(([name, found]) => (found?.length === 1 ? [[name, found[0] ?? '']] : [])));
}

/** Without `--verify` git takes a name that is none for a path, if there is such a file: only ids count. */
async function parse(git: Git, args: readonly string[], signal: AbortSignal): Promise<readonly string[] | null> {
  const { code, stdout } = await git.run({ args: ['rev-parse', ...args], signal, deadlineMs });
  const lines = stdout.toString('utf8').trimEnd().split('\n');
  return code === 0 && lines.every((line) => /^[0-9a-f]{40,64}$/.test(line)) ? lines : null;
}

const deadlineMs = 15_000;
