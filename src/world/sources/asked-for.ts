import { FairleadError } from '../../model/error.ts';
import type { Source } from '../../model/resource.ts';

/** Where what was fetched for a render is laid in its tree. Repositories hold no such folder of their own. */
export const fetchedFolder = '.fetched';

/** A folder of fetched files, and what asks for it. */
export interface FetchedRoot {
  readonly root: string;
  readonly askedAt: Source;
}

/** The place itself; for one in a fetched folder what asks for that, in the repository: nobody can open the other. */
export function askedFor(place: Source, fetched: readonly FetchedRoot[]): Source {
  const { file, line } = place;
  const found = fetched.find(({ root }) => file.startsWith(`${root}/`));
  return found === undefined ? { file, line } : askedFor(found.askedAt, fetched);
}

/** Fetches what a file names. What is wrong with the source is told of that line, in the repository, with the code it has. */
export async function fetchedFor<T>(
  { what, place, fetched }: { readonly what: string; readonly place: Source; readonly fetched: readonly FetchedRoot[] },
  fetch: () => Promise<T>,
): Promise<T> {
  try {
    return await fetch();
  } catch (fault) {
    if (!(fault instanceof FairleadError)) throw fault;
    const { file, line } = askedFor(place, fetched);
    throw new FairleadError({
      code: fault.code,
      subject: `${file}:${line}`,
      message: `${file} needs ${what}: ${fault.message}`,
      remedy: fault.remedy,
      cause: fault,
    });
  }
}
