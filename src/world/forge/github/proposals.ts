import type { Pull, PullSpec } from '../forge.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { writeOnce } from './client.ts';
import { calling, conflict, failedWith } from './errors.ts';
import { isSame, keyIn, markerOf } from './marker.ts';
import { addLabels } from './outcomes.ts';
import { type PullBody, toPull } from './pulls.ts';

/** Pages of pulls, newest first, we look through for one whose branch was renamed or taken anew: 1,000 pulls. */
const MOST_PAGES = 10;

interface Own extends PullBody {
  readonly body?: string | null;
  readonly labels: readonly { readonly name: string }[];
}

/**
 * Makes sure that a pull of this key is there. Ours are those that our own user opened and whose body begins with the
 * marker, or that come from the branch and lost their marker; an open one wins over a closed one, a newer over an older.
 *
 * @throws BorderError conflict where somebody else has a pull open from the branch
 */
export function ensurePull(access: Access, spec: PullSpec): Promise<Pull> {
  return access.oneAtATime(`${access.ref.id}:pull:${spec.key}`, async () => {
    const found = await findOwn(access, spec);
    const own = found ?? (await open(access, spec));
    if (own.state !== 'open') return toPull(own);
    const current = await bringUpToDate(access, own, spec);
    const missing = spec.labels.filter((label) => !own.labels.some(({ name }) => name === label));
    await addLabels(access, own.number, missing);
    return toPull(current);
  });
}

async function findOwn(access: Access, spec: PullSpec): Promise<Own | undefined> {
  const { owner, repo, client, errors } = access;
  const authors = await access.authorIds();
  const isOurs = (pull: PullBody) => authors.has(Number(pull.user?.id ?? -1));
  const asked = { owner, repo, state: 'all', sort: 'created', direction: 'desc', per_page: PAGE } as const;
  const route = 'GET /repos/{owner}/{repo}/pulls';
  const head = `${owner}:${spec.branch}`;
  const { data } = await calling(errors, () => client.request(route, { ...asked, head }));
  const fromBranch = data.filter((pull) => isOurs(pull) && [spec.key, null].includes(keyIn(pull.body)));
  if (fromBranch.length > 0) return preferred(fromBranch);
  const all = await readPages<Own>(access, {
    pages: MOST_PAGES,
    read: async (page) => (await client.request(route, { ...asked, page })).data,
    enough: (page) => page.some((pull) => isOurs(pull) && keyIn(pull.body) === spec.key),
  });
  return preferred(all.filter((pull) => isOurs(pull) && keyIn(pull.body) === spec.key));
}

/** Lists are newest first. */
function preferred(pulls: readonly Own[]): Own | undefined {
  return pulls.find(({ state }) => state === 'open') ?? pulls[0];
}

async function open(access: Access, spec: PullSpec): Promise<Own> {
  const { owner, repo, client, errors } = access;
  const { title, branch: head, base } = spec;
  const asked = { owner, repo, title: title as string, body: bodyOf(spec), head, base, ...writeOnce };
  try {
    return (await calling(errors, () => client.request('POST /repos/{owner}/{repo}/pulls', asked))).data;
  } catch (error) {
    if (!failedWith(error, 'invalid') || !/already exists/i.test(error.message)) throw error;
    throw conflict({
      subject: `${access.ref.fullName} ${head}`,
      message: `Somebody else has a pull open from ${head} into ${base} of ${access.ref.fullName}.`,
      remedy: 'Merge or close that pull.',
    });
  }
}

async function bringUpToDate(access: Access, own: Own, spec: PullSpec): Promise<Own> {
  const { owner, repo, client, errors } = access;
  const title = spec.title as string;
  const body = bodyOf(spec);
  if (own.title === title && isSame(own.body ?? '', body, null)) return own;
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
  const asked = { owner, repo, pull_number: own.number, title, body, ...writeOnce };
  return (await calling(errors, () => client.request(route, asked))).data;
}

function bodyOf({ key, body }: PullSpec): string {
  return `${markerOf(key)}\n${body}`;
}
