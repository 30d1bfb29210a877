import { BorderError } from '../../../model/error.ts';
import type { RepoRef } from '../../../model/repo.ts';
import { isGone, repositoryGone } from '../gone.ts';
import { splitName } from './access.ts';
import type { App } from './app.ts';
import { calling, type ErrorContext, failedWith, unless } from './errors.ts';

/** Where a repository stands now: its name and the installation that reaches it. */
export interface Whereabouts {
  readonly fullName: string;
  readonly installation: number;
}

/** Milliseconds for which it is not asked again, and the most repositories remembered. */
const freshFor = 60_000;
const mostKept = 5_000;

/**
 * Finds repositories by their id: names change, owners change and with them installations, and a name that was given up may be
 * somebody else's now. Throws `BorderError` `repository-gone` for one that is deleted, archived, or that the app does not reach any more.
 */
export function createWhereabouts(errors: ErrorContext): (app: App, ref: RepoRef) => Promise<Whereabouts> {
  const known = new Map<number, { readonly until: number; readonly found: Promise<Whereabouts> }>();
  return (app, ref) => {
    const now = errors.now().getTime();
    const fresh = known.get(ref.id);
    if (fresh !== undefined && fresh.until > now) return fresh.found;
    const found = locate(app, ref, errors);
    const asTold = ref.installation === null ? null : { fullName: ref.fullName, installation: ref.installation };
    known.delete(ref.id);
    known.set(ref.id, { until: now + freshFor, found });
    // A failure is not kept, nor one that took the place of it.
    found.catch(() => known.delete(ref.id));
    const [oldest] = known.keys();
    if (known.size > mostKept && oldest !== undefined) known.delete(oldest);
    // Where it cannot be asked just now, what the event said is all there is.
    return found.catch((error: unknown) => {
      if (asTold === null || isGone(error) || !(error instanceof BorderError)) throw error;
      return asTold;
    });
  };
}

async function locate(app: App, ref: RepoRef, errors: ErrorContext): Promise<Whereabouts> {
  const { owner, repo } = splitName(ref.fullName);
  const told = ref.installation === null ? null : await byName(app, ref, { installation: ref.installation, errors });
  if (told !== null && !(told instanceof BorderError)) return told;
  // Another owner means another installation. GitHub leads from an old name to the new one.
  const installed = await app.findInstallation(owner, repo);
  if (installed === null) throw repositoryGone(ref.fullName, 'it is not there, or the app is not installed on it');
  if (installed.isSuspended) throw repositoryGone(ref.fullName, 'the app is suspended there');
  const found = await byName(app, ref, { installation: installed.id, errors });
  if (found instanceof BorderError) throw found;
  return found ?? byId(app, ref, { installation: ref.installation ?? installed.id, errors });
}

interface Way {
  readonly installation: number;
  readonly errors: ErrorContext;
}

/** Its name is another repository's now: only the id leads to it, by the address to which GitHub itself leads from former names. */
async function byId(app: App, ref: RepoRef, { installation, errors }: Way): Promise<Whereabouts> {
  const client = await app.installation(installation);
  const found = await unless('not-found', null, async () => {
    const answer = await calling(errors, () => client.request('GET /repositories/{id}', { id: ref.id }));
    // GitHub's description does not have this address; it answers as for a repository by name.
    return answer.data as { readonly full_name: string };
  });
  if (found === null) throw repositoryGone(ref.fullName, 'another repository has its name now');
  return { fullName: found.full_name, installation };
}

/** Null where the name leads to another repository; the refusal where we are not let in. */
async function byName(
  app: App,
  ref: RepoRef,
  { installation, errors }: Way,
): Promise<Whereabouts | BorderError | null> {
  try {
    const client = await app.installation(installation);
    const named = splitName(ref.fullName);
    const { data } = await calling(errors, () => client.request('GET /repos/{owner}/{repo}', named));
    if (Number(data.id) !== ref.id) return null;
    if (data.archived) throw repositoryGone(ref.fullName, 'it is archived');
    return { fullName: data.full_name, installation };
  } catch (error) {
    if (failedWith(error, 'forbidden')) return error;
    if (failedWith(error, 'not-found') && !isGone(error)) return error;
    throw error;
  }
}
