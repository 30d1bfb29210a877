import { memberBody, projectBody, userBody } from './bodies.ts';
import {
  type Answer,
  type Call,
  type OpenRoute,
  type ProjectCall,
  type ProjectRoute,
  pageOf,
  Refusal,
  textOf,
} from './route.ts';
import type { Note, Token, World } from './state.ts';

/** Users and groups, for any live token. */
export const openRoutes: readonly OpenRoute[] = [
  {
    operation: 'GET /user',
    by: 'token',
    run: ({ world, token }) => ({ status: 200, body: { ...userBody(world, token.user), bot: token.user.isBot } }),
  },
  { operation: 'GET /version', by: 'token', run: ({ world }) => showVersion(world) },
  { operation: 'GET /personal_access_tokens/self', by: 'token', run: ({ token }) => showToken(token) },
  { operation: 'GET /users', by: 'token', run: findUsers },
  { operation: 'GET /groups/{id}/members/all/{user_id}', by: 'token', run: showGroupMember },
  { operation: 'GET /projects', by: 'token', run: listProjects },
  { operation: 'POST /graphql', by: 'token', run: askGraphql },
];

/** Members of a project, the inherited ones among them. */
export const memberRoutes: readonly ProjectRoute[] = [
  { operation: 'GET /projects/{id}/members/all/{user_id}', by: 'project', needs: 10, run: showMember },
];

function showVersion({ version }: World): Answer {
  return { status: 200, body: { version, revision: 'pretend' } };
}

/** The token that asks; GitLab tells the day it ends, not the hour. */
function showToken({ user, scopes, expiresAt }: Token): Answer {
  const ends = expiresAt === null ? null : expiresAt.toISOString().slice(0, 10);
  return { status: 200, body: { id: user.id, name: 'fairlead', scopes, expires_at: ends, active: true } };
}

/** Names are found without regard to case. */
function findUsers(call: Call): Answer {
  const name = (call.url.searchParams.get('username') ?? '').toLowerCase();
  const found = [...call.world.users.values()].filter(({ username }) => username.toLowerCase() === name);
  return pageOf(
    call,
    found.map((user) => userBody(call.world, user)),
  );
}

/** Projects that a user is a member of. */
function listProjects(call: Call): Answer {
  const { world, token, url } = call;
  const least = Number(url.searchParams.get('min_access_level') ?? 10);
  const own = [...world.projects.values()].filter((project) => (project.members.get(token.user.id) ?? 0) >= least);
  return pageOf(
    call,
    own.toSorted((a, b) => a.id - b.id).map((project) => projectBody({ world, project })),
  );
}

function showMember({ world, project, params }: ProjectCall): Answer {
  return memberAnswer(world, project.members, Number(params['user_id']));
}

function showGroupMember({ world, params }: Call): Answer {
  const group = world.groups.get(params['id'] ?? '');
  if (group === undefined) throw new Refusal(404, '404 Group Not Found');
  return memberAnswer(world, group.members, Number(params['user_id']));
}

function memberAnswer(world: World, members: ReadonlyMap<number, number>, id: number): Answer {
  const user = [...world.users.values()].find((one) => one.id === id);
  const level = members.get(id);
  if (user === undefined || level === undefined) throw new Refusal(404, '404 Not found');
  return { status: 200, body: memberBody(world, user, level) };
}

/** The one question asked of GraphQL: when a note's text was last edited, which REST does not tell. */
function askGraphql(call: Call): Answer {
  const asked = /^\{ note\(id: "gid:\/\/gitlab\/Note\/(\d+)"\) \{ id lastEditedAt \} \}$/.exec(textOf(call, 'query'));
  if (asked === null)
    return { status: 200, body: { errors: [{ message: 'the pretend GitLab knows one query only' }] } };
  const note = findNote(call.world, Number(asked[1]));
  const id = `gid://gitlab/Note/${asked[1]}`;
  const answer = note === null ? null : { id, lastEditedAt: note.lastEditedAt?.toISOString() ?? null };
  return { status: 200, body: { data: { note: answer } } };
}

function findNote(world: World, id: number): Note | null {
  for (const project of world.projects.values()) {
    const note = project.notes.get(id);
    if (note !== undefined) return note;
  }
  return null;
}
