import { awardBody, noteBody } from './bodies.ts';
import { addNote, awardNote, editNote, notesOf } from './note-actions.ts';
import { type Answer, type ProjectCall, type ProjectRoute, pageOf, Refusal, sorted, textOf } from './route.ts';
import type { Note, Place } from './state.ts';

/** Characters GitLab takes in a note or description. */
const LONGEST_TEXT = 1_000_000;

/** Notes and their emoji, alike below merge requests and issues. */
export const noteRoutes: readonly ProjectRoute[] = [
  ...routesBelow('/projects/{id}/merge_requests/{merge_request_iid}/notes'),
  ...routesBelow('/projects/{id}/issues/{issue_iid}/notes'),
];

function routesBelow(many: string): readonly ProjectRoute[] {
  const one = `${many}/{note_id}`;
  const awards = `${one}/award_emoji`;
  return [
    { operation: `GET ${many}`, by: 'project', needs: 10, run: list },
    { operation: `POST ${many}`, by: 'project', needs: 20, run: create },
    { operation: `GET ${one}`, by: 'project', needs: 10, run: show },
    { operation: `PUT ${one}`, by: 'project', needs: 20, run: edit },
    { operation: `DELETE ${one}`, by: 'project', needs: 20, run: remove },
    { operation: `GET ${awards}`, by: 'project', needs: 10, run: listAwards },
    { operation: `POST ${awards}`, by: 'project', needs: 10, run: award },
    { operation: `DELETE ${awards}/{award_id}`, by: 'project', needs: 10, run: removeAward },
  ];
}

/** A text of the body that GitLab accepts. */
export function requireText(call: ProjectCall, field: string, longest = LONGEST_TEXT): string {
  const text = textOf(call, field);
  const name = field === 'body' ? 'note' : field;
  if (text.trim() === '') throw new Refusal(400, { message: { [name]: ["can't be blank"] } });
  if (text.length > longest) {
    throw new Refusal(400, { message: { [name]: [`is too long (maximum is ${longest} characters)`] } });
  }
  return text;
}

function list(call: ProjectCall): Answer {
  const shown = notesOf(call, placeOf(call)).filter(({ id }) => !call.project.lagging.has(id));
  const ordered = sorted(call, shown, (note) => note.id);
  return pageOf(
    call,
    ordered.map((note) => noteBody(call, note)),
  );
}

/** A note made only of quick actions is not saved: 202, and nothing to be found afterwards. */
async function create(call: ProjectCall): Promise<Answer> {
  const body = requireText(call, 'body');
  const note = await addNote(call, call.token.user, {
    place: placeOf(call),
    body,
    internal: call.body['internal'] === true,
  });
  if (note === null) return { status: 202, body: { commands_changes: {}, summary: ['Commands applied'] } };
  return { status: 201, body: noteBody(call, note) };
}

function show(call: ProjectCall): Answer {
  return { status: 200, body: noteBody(call, find(call)) };
}

async function edit(call: ProjectCall): Promise<Answer> {
  const note = requireOwn(call, find(call));
  await editNote(call, call.token.user, { note, body: requireText(call, 'body') });
  return { status: 200, body: noteBody(call, note) };
}

function remove(call: ProjectCall): Answer {
  const note = requireOwn(call, find(call));
  call.project.notes.delete(note.id);
  return { status: 204 };
}

function listAwards(call: ProjectCall): Answer {
  return pageOf(
    call,
    find(call).awards.map((entry) => awardBody(call.world, entry)),
  );
}

function award(call: ProjectCall): Answer {
  const made = awardNote(call, call.token.user, { note: find(call), name: textOf(call, 'name') });
  if (made === null) throw new Refusal(404, '404 Award Emoji Name has already been taken Not Found');
  return { status: 201, body: awardBody(call.world, made) };
}

function removeAward(call: ProjectCall): Answer {
  const note = find(call);
  const found = note.awards.find((entry) => entry.id === Number(call.params['award_id']));
  if (found === undefined) throw new Refusal(404, '404 Not found');
  if (found.user !== call.token.user) throw new Refusal(403, '403 Forbidden');
  note.awards = note.awards.filter((entry) => entry !== found);
  note.updatedAt = call.world.now();
  return { status: 204 };
}

function placeOf({ project, params }: ProjectCall): Place {
  const iid = params['merge_request_iid'];
  const place: Place =
    iid === undefined ? { kind: 'issue', number: Number(params['issue_iid']) } : { kind: 'pull', number: Number(iid) };
  const isThere = place.kind === 'pull' ? project.mergeRequests.has(place.number) : project.issues.has(place.number);
  if (!isThere) throw new Refusal(404, '404 Not found');
  return place;
}

function find(call: ProjectCall): Note {
  const place = placeOf(call);
  const note = call.project.notes.get(Number(call.params['note_id']));
  if (note === undefined || note.place.number !== place.number || note.place.kind !== place.kind) {
    throw new Refusal(404, '404 Note Not Found');
  }
  return note;
}

/** Notes belong to who wrote them; maintainers may change them too. */
function requireOwn(call: ProjectCall, note: Note): Note {
  if (note.author !== call.token.user && call.level < 40) throw new Refusal(403, '403 Forbidden');
  return note;
}
