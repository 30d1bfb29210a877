import { emitNote } from './payloads.ts';
import type { Award, Here, Note, Place, User } from './state.ts';
import { runQuickActions } from './text-actions.ts';

/** Writes a note; null where it held nothing but quick actions: GitLab then saves nothing and tells no hook. */
export async function addNote(
  here: Here,
  author: User,
  what: { readonly place: Place; readonly body: string; readonly internal?: boolean; readonly system?: boolean },
): Promise<Note | null> {
  const { world, project } = here;
  const { place, internal = false, system = false } = what;
  const body = system ? what.body : runQuickActions(here, author, what.body).text;
  if (body === '') return null;
  const at = world.now();
  const times = { createdAt: at, updatedAt: at, lastEditedAt: null };
  const note: Note = {
    id: world.nextId(),
    place,
    author,
    system,
    internal,
    body,
    ...times,
    history: [body],
    awards: [],
  };
  project.notes.set(note.id, note);
  await emitNote(here, author, { note, action: 'create' });
  return note;
}

/** Changes a note's text. */
export async function editNote(here: Here, actor: User, what: { note: Note; body: string }): Promise<void> {
  const { note } = what;
  const body = runQuickActions(here, actor, what.body).text;
  // Nobody edits within the millisecond they write in.
  const at = new Date(Math.max(here.world.now().getTime(), note.createdAt.getTime() + 1));
  Object.assign(note, { body, updatedAt: at, lastEditedAt: at });
  note.history.push(body);
  await emitNote(here, actor, { note, action: 'update' });
}

/** Awards an emoji; null where this user did so before. It moves `updated_at`, as GitLab's Note does. */
export function awardNote({ world }: Here, user: User, what: { note: Note; name: string }): Award | null {
  const { note, name } = what;
  if (note.awards.some((award) => award.user === user && award.name === name)) return null;
  const award: Award = { id: world.nextId(), name, user, createdAt: world.now() };
  note.awards.push(award);
  note.updatedAt = world.now();
  return award;
}

/** Notes of a place, oldest first. */
export function notesOf({ project }: Here, place: Place): readonly Note[] {
  return [...project.notes.values()].filter(
    (note) => note.place.kind === place.kind && note.place.number === place.number,
  );
}
