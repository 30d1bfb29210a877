import type { Thread } from '../../../model/repo.ts';
import type { Acknowledgement } from '../forge.ts';
import { type Access, orNull, readPages } from './access.ts';

/** Emoji of an acknowledgement. */
const emoji: Readonly<Record<Acknowledgement, string>> = { seen: 'eyes', done: 'rocket', refused: 'confused' };

/** Awards a note our emoji; an earlier one of ours goes. */
export function acknowledge(
  access: Access,
  thread: Thread,
  spec: { note: number; how: Acknowledgement },
): Promise<void> {
  const { note, how } = spec;
  const project = access.ref.id;
  const awards =
    thread.kind === 'pull' ? access.client.MergeRequestNoteAwardEmojis : access.client.IssueNoteAwardEmojis;
  return access.oneAtATime(`${project} note ${note}`, async () => {
    const ownId = await access.ownId();
    const all = await readPages({
      what: `emoji of note ${note}`,
      pages: 5,
      read: (at) => awards.all(project, thread.number, note, at),
    });
    const words = new Set(Object.values(emoji));
    const ours = all.filter((award) => award.numberOrNull('user', 'id') === ownId && words.has(award.text('name')));
    const isThere = ours.some((award) => award.text('name') === emoji[how]);
    // First the new one, so that a note never stands without an answer in between.
    if (!isThere) await awards.award(project, thread.number, note, emoji[how]);
    for (const award of ours) {
      if (award.text('name') === emoji[how]) continue;
      await orNull(awards.remove(project, thread.number, note, award.number('id')));
    }
  });
}
