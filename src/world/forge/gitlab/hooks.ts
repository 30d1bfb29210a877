import type { Logger } from 'pino';
import type { MissedDelivery } from '../forge.ts';
import type { DeliveryFacts } from '../inspect.ts';
import { type Client, isKind, orNull } from './access.ts';
import { readProjects } from './projects.ts';
import { type Fields, readList } from './read.ts';

/** What looking after our webhooks takes. */
export interface HookAccess {
  readonly client: Client;
  /** Name of the forge: our webhooks end with it. */
  readonly name: string;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Most projects whose webhooks are looked at in one go: two calls each. */
const MOST_PROJECTS = 100;

/** Events of a webhook that are read, newest first. */
const EVENTS = 100;

/** Webhooks of one project that are looked at: GitLab's most to a page, and to a project. */
const HOOKS = 100;

/** Kinds of events by how much hangs on them; what is not named comes last. */
const ranks = ['Merge Request Hook', 'Push Hook', 'Note Hook'];

interface Hook {
  readonly project: number;
  readonly fullName: string;
  readonly body: Fields;
}

/**
 * Deliveries of our webhooks that no try brought to us. GitLab keeps them for seven days without saying when they were, so `since`
 * cannot be held to; a webhook that was switched off keeps none. Only a maintainer is shown them.
 */
export async function readMissed(access: HookAccess, _since: Date): Promise<readonly MissedDelivery[]> {
  const missed: MissedDelivery[] = [];
  for (const { project, body } of await ownHooks(access)) {
    const path = eventsPath(project, body);
    missed.push(...missedOf((await readEvents(access, path)) ?? [], path));
  }
  return missed.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** How a webhook's last events fared, newest first; null where the server keeps none, or does not show them to us. */
export async function readAttempts(
  access: Pick<HookAccess, 'client'>,
  project: number,
  hook: Fields,
): Promise<readonly DeliveryFacts[] | null> {
  const events = await readEvents(access, eventsPath(project, hook));
  if (events === null) return null;
  return events.map((event) => ({ status: statusOf(event), at: null, event: header(event, 'X-Gitlab-Event') ?? '' }));
}

/** Has GitLab send an event again; one that is gone is left out. */
export async function resend(client: Client, handle: string): Promise<void> {
  await orNull(client.MergeRequests.requester.post(`${handle}/resend`));
}

/**
 * Switches our webhooks on again that GitLab switched off after failures: it does so itself when a test is answered with a 2xx
 * (docs.gitlab.com, "Re-enable disabled webhooks"). A test that fails as well is logged: there is somebody to be told.
 */
export async function reviveHooks(access: HookAccess): Promise<readonly string[]> {
  const revived: string[] = [];
  for (const { project, fullName, body } of await ownHooks(access)) {
    if ((body.textOrNull('alert_status') ?? 'executable') === 'executable') continue;
    try {
      await access.client.MergeRequests.requester.post(
        `projects/${project}/hooks/${body.number('id')}/test/push_events`,
      );
      revived.push(fullName);
    } catch (error) {
      if (!isKind(error, 'invalid', 'forbidden', 'not-found', 'unavailable')) throw error;
      access.logger.warn({ repository: fullName, reason: error.message }, 'webhook is switched off and stays so');
    }
  }
  return revived;
}

/** Webhooks whose address is ours. */
async function ownHooks(access: HookAccess): Promise<readonly Hook[]> {
  const projects = await readProjects(access.client, access.name, 'maintainer');
  const hooks: Hook[] = [];
  for (const { id, fullName } of projects.slice(0, MOST_PROJECTS)) {
    const own = (await readHooks(access, id)) ?? [];
    hooks.push(...own.map((body) => ({ project: id, fullName, body })));
  }
  return hooks;
}

/** Webhooks of a project whose address is ours; null where they are not shown to us. */
export async function readHooks(
  access: Pick<HookAccess, 'client' | 'name'>,
  project: number,
): Promise<readonly Fields[] | null> {
  const listed = await readOrNull(access, `projects/${project}/hooks`, { page: 1, perPage: HOOKS });
  if (listed === null) return null;
  return readList(listed, 'webhooks').filter((body) => isOurs(body.textOrNull('url') ?? '', access.name));
}

/** What the path of our webhooks ends in. */
export function hookPath(name: string): string {
  return `/hooks/gitlab/${name}`;
}

function eventsPath(project: number, hook: Fields): string {
  return `projects/${project}/hooks/${hook.number('id')}/events`;
}

async function readEvents(access: Pick<HookAccess, 'client'>, path: string): Promise<readonly Fields[] | null> {
  const answer = await readOrNull(access, path, { perPage: EVENTS });
  return answer === null ? null : readList(answer, 'events of a webhook');
}

/** What a path answers; null where the server does not have it (before GitLab 17.3) or does not show it to us. */
async function readOrNull(
  { client }: Pick<HookAccess, 'client'>,
  path: string,
  searchParams: Readonly<Record<string, number>>,
): Promise<unknown> {
  try {
    return (await client.MergeRequests.requester.get(path, { searchParams })).body;
  } catch (error) {
    if (isKind(error, 'forbidden', 'not-found', 'unauthorized')) return null;
    throw error;
  }
}

function isOurs(url: string, name: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.endsWith(hookPath(name));
}

function missedOf(events: readonly Fields[], path: string): readonly MissedDelivery[] {
  const tries = new Map<string, { readonly newest: MissedDelivery; readonly isThrough: boolean }>();
  for (const event of events) {
    const id = header(event, 'Webhook-Id') ?? header(event, 'Idempotency-Key');
    if (id === null) continue;
    const known = tries.get(id);
    const status = statusOf(event);
    const isThrough = status >= 200 && status <= 299;
    const kind = header(event, 'X-Gitlab-Event') ?? '';
    const newest = known?.newest ?? { id, handle: `${path}/${event.number('id')}`, event: kind };
    tries.set(id, { newest, isThrough: isThrough || known?.isThrough === true });
  }
  return [...tries.values()].filter(({ isThrough }) => !isThrough).map(({ newest }) => newest);
}

/** A number or a text; 0 where it is neither, as when nothing was answered (`internal error`). */
function statusOf(event: Fields): number {
  const status = Number(event.textOrNull('response_status') ?? event.numberOrNull('response_status'));
  return Number.isInteger(status) ? status : 0;
}

/** Servers spell the names of headers in more than one way. */
function header(event: Fields, name: string): string | null {
  return event.textOrNull('request_headers', name) ?? event.textOrNull('request_headers', name.toLowerCase());
}

function rankOf({ event }: MissedDelivery): number {
  const at = ranks.indexOf(event);
  return at === -1 ? ranks.length : at;
}
