import type { Redacted } from '../../../model/redacted.ts';
import { type Access, orNull, readPages } from './access.ts';
import { isSame, keyIn, markerOf } from './marker.ts';
import { disarm } from './quick-actions.ts';
import { type Fields, read } from './read.ts';

/** Pages of our own open issues we look through: 1,000 of them. */
const MOST_PAGES = 10;

/** The one open issue of a key, by author and marker: created, or edited where it differs. */
export function ensureIssue(
  access: Access,
  wanted: { key: string; title: Redacted; body: Redacted; sameApartFrom: RegExp | null },
): Promise<number> {
  const { key, title, sameApartFrom } = wanted;
  const project = access.ref.id;
  return access.oneAtATime(`${project} issue ${key}`, async () => {
    const description = disarm(`${markerOf(key)}\n${wanted.body}`);
    const [oldest, ...twins] = await findOurs(access, key);
    for (const twin of twins) await access.client.Issues.edit(project, twin.number('iid'), { stateEvent: 'close' });
    if (oldest === undefined) {
      return read(await access.client.Issues.create(project, title, { description }), 'new issue').number('iid');
    }
    const number = oldest.number('iid');
    const isRight = oldest.text('title') === title && isSame(oldest.text('description'), description, sameApartFrom);
    if (!isRight) await access.client.Issues.edit(project, number, { title, description });
    return number;
  });
}

/** The key of one of our own issues; null when the issue is not ours. */
export async function issueKey(access: Access, issue: number): Promise<string | null> {
  const found = await orNull(access.client.Issues.show(issue, { projectId: access.ref.id }));
  if (found === null) return null;
  const body = read(found, `issue ${issue}`);
  if (body.numberOrNull('author', 'id') !== (await access.ownId())) return null;
  return keyIn(body.textOrNull('description') ?? '');
}

/** Our open issues of a key, oldest first. */
async function findOurs(access: Access, key: string): Promise<readonly Fields[]> {
  const ownId = await access.ownId();
  const issues = await readPages({
    what: 'our issues',
    pages: MOST_PAGES,
    read: (at) =>
      access.client.Issues.all({ ...at, projectId: access.ref.id, authorId: ownId, state: 'opened', scope: 'all' }),
  });
  return issues
    .filter((issue) => issue.numberOrNull('author', 'id') === ownId)
    .filter((issue) => (issue.textOrNull('description') ?? '').startsWith(markerOf(key)))
    .toSorted((a, b) => a.number('iid') - b.number('iid'));
}
