import { noteBody, userBody } from './bodies.ts';
import type { Attempt } from './hooks.ts';
import { ZERO } from './payloads.ts';
import { type Answer, type ProjectCall, type ProjectRoute, pageOf, Refusal } from './route.ts';
import type { Note } from './state.ts';

const many = '/projects/{id}/hooks';
const one = `${many}/{hook_id}`;

/** The webhook of each project with what became of its events, and what people did in a project. */
export const hookRoutes: readonly ProjectRoute[] = [
  { operation: `GET ${many}`, by: 'project', needs: 40, run: list },
  { operation: `GET ${one}/events`, by: 'project', needs: 40, run: listEvents },
  { operation: `POST ${one}/events/{hook_event_id}/resend`, by: 'project', needs: 40, run: resend },
  { operation: `POST ${one}/test/{trigger}`, by: 'project', needs: 40, run: probe },
  { operation: 'GET /projects/{id}/events', by: 'project', needs: 20, run: listComments },
];

/** Every project has one webhook, once there is somewhere to deliver to. */
function list(call: ProjectCall): Answer {
  const { hooks } = call.world;
  if (hooks.url === null) return pageOf(call, []);
  const { status, until } = hooks.switchedOff;
  const body = {
    id: hookId(call),
    url: hooks.url,
    project_id: call.project.id,
    ...hooks.settings,
    alert_status: status,
    disabled_until: status === 'temporarily_disabled' ? (until?.toISOString() ?? null) : null,
  };
  return pageOf(call, [body]);
}

function hookId({ project }: ProjectCall): number {
  return project.id + 900_000;
}

/** Newest first. */
function listEvents(call: ProjectCall): Answer {
  requireHook(call);
  return pageOf(call, attemptsOf(call).toReversed().map(eventBody));
}

function attemptsOf({ world, project }: ProjectCall): readonly Attempt[] {
  return world.hooks.attempts.filter(({ delivery }) => projectOf(delivery.body) === project.id);
}

function projectOf(body: string): number | undefined {
  // The cast: the hooks wrote it, and every payload names its project.
  return (JSON.parse(body) as { readonly project?: { readonly id: number } }).project?.id;
}

function eventBody({ id, delivery, status }: Attempt): Record<string, unknown> {
  return {
    id,
    url: 'http://receiver.test/',
    trigger: 'push_hooks',
    request_headers: {
      'Content-Type': 'application/json',
      'X-Gitlab-Event': delivery.event,
      'Idempotency-Key': delivery.id,
    },
    request_data: {},
    response_headers: {},
    response_body: '',
    execution_duration: 0.01,
    response_status: status === null ? 'internal error' : String(status),
  };
}

async function resend(call: ProjectCall): Promise<Answer> {
  requireHook(call);
  const attempt = attemptsOf(call).find(({ id }) => id === Number(call.params['hook_event_id']));
  if (attempt === undefined) throw new Refusal(404, '404 Not Found');
  await call.world.hooks.redeliver(attempt.delivery.id);
  return { status: 201, body: { response_status: 200 } };
}

/** A push of the newest commit, which is none. A receiver that fails makes the test fail. */
async function probe(call: ProjectCall): Promise<Answer> {
  requireHook(call);
  const { world, project, token } = call;
  const head = (await project.git.resolve(`refs/heads/${project.defaultBranch}`)) ?? ZERO;
  const status = await world.hooks.probe('Push Hook', {
    object_kind: 'push',
    ref: `refs/heads/${project.defaultBranch}`,
    before: head,
    after: head,
    user_username: token.user.username,
    project: { id: project.id, path_with_namespace: project.fullName },
  });
  if (status < 200 || status > 299) throw new Refusal(422, `Hook execution failed: ${status}`);
  return { status: 201, body: { message: '201 Created' } };
}

function requireHook(call: ProjectCall): void {
  if (Number(call.params['hook_id']) !== hookId(call)) throw new Refusal(404, '404 Not Found');
}

/** Only comments are kept; `after` names a day that is left out. */
function listComments(call: ProjectCall): Answer {
  const after = call.url.searchParams.get('after') ?? '0000-00-00';
  const notes = [...call.project.notes.values()].filter(
    ({ createdAt, system }) => !system && createdAt.toISOString().slice(0, 10) > after,
  );
  const ordered = notes.toSorted((a, b) => a.id - b.id);
  const isAscending = call.url.searchParams.get('sort') === 'asc';
  return pageOf(
    call,
    (isAscending ? ordered : ordered.toReversed()).map((note) => commentEvent(call, note)),
  );
}

function commentEvent(call: ProjectCall, note: Note): Record<string, unknown> {
  return {
    id: note.id,
    project_id: call.project.id,
    action_name: 'commented on',
    target_id: note.id,
    target_type: 'Note',
    created_at: note.createdAt.toISOString(),
    author: userBody(call.world, note.author),
    author_username: note.author.username,
    note: noteBody(call, note),
  };
}
