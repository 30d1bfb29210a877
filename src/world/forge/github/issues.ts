import type { Redacted } from '../../../model/redacted.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { writeOnce } from './client.ts';
import { calling, unless } from './errors.ts';
import { isSame, keyIn, markerOf } from './marker.ts';

/** Pages of open issues (pulls among them) we look through for ours: 2,500. */
const MOST_PAGES = 25;

interface Found {
  readonly number: number;
  readonly title: string;
  readonly body: string;
}

/**
 * Makes sure that one issue of this key is open. Ours are those that our own user opened and whose body begins with the
 * marker. Of several the oldest stays open: a POST whose answer was lost leaves such a twin.
 */
export function ensureIssue(
  access: Access,
  wanted: { key: string; title: Redacted; body: Redacted; sameApartFrom: RegExp | null },
): Promise<number> {
  return access.oneAtATime(`${access.ref.id}:issue:${wanted.key}`, async () => {
    const [oldest, ...twins] = await findOurs(access, wanted.key);
    for (const twin of twins) await edit(access, twin.number, { state: 'closed' });
    const title = wanted.title as string;
    const body = `${markerOf(wanted.key)}\n${wanted.body}`;
    if (oldest === undefined) return create(access, title, body);
    const isCurrent =
      isSame(oldest.title, title, wanted.sameApartFrom) && isSame(oldest.body, body, wanted.sameApartFrom);
    if (!isCurrent) await edit(access, oldest.number, { title, body });
    return oldest.number;
  });
}

/** The key of an issue of ours, open or closed; null when it is somebody else's, a pull, or gone. */
export async function readIssueKey(access: Access, issue: number): Promise<string | null> {
  const { owner, repo, client, errors } = access;
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}';
  const data = await unless('not-found', null, async () => {
    return (await calling(errors, () => client.request(route, { owner, repo, issue_number: issue }))).data;
  });
  if (data === null || data.pull_request !== undefined) return null;
  const authors = await access.authorIds();
  return authors.has(Number(data.user?.id ?? -1)) ? keyIn(data.body) : null;
}

/** Our open issues of a key, oldest first. */
async function findOurs(access: Access, key: string): Promise<readonly Found[]> {
  const authors = await access.authorIds();
  const issues = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { owner, repo, client } = access;
      const asked = { owner, repo, state: 'open', sort: 'created', direction: 'asc', per_page: PAGE, page } as const;
      return (await client.request('GET /repos/{owner}/{repo}/issues', asked)).data;
    },
  });
  return issues
    .filter((issue) => issue.pull_request === undefined && authors.has(Number(issue.user?.id ?? -1)))
    .filter((issue) => keyIn(issue.body) === key)
    .map(({ number, title, body }) => ({ number, title, body: body ?? '' }));
}

async function create(access: Access, title: string, body: string): Promise<number> {
  const { owner, repo, client, errors } = access;
  const asked = { owner, repo, title, body, ...writeOnce };
  return (await calling(errors, () => client.request('POST /repos/{owner}/{repo}/issues', asked))).data.number;
}

async function edit(
  access: Access,
  number: number,
  changes: { readonly title?: string; readonly body?: string; readonly state?: 'closed' },
): Promise<void> {
  const { owner, repo, client, errors } = access;
  const route = 'PATCH /repos/{owner}/{repo}/issues/{issue_number}';
  await calling(errors, () => client.request(route, { owner, repo, issue_number: number, ...changes, ...writeOnce }));
}
