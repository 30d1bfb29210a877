import type { MissedDelivery } from '../forge.ts';
import { PAGE } from './access.ts';
import type { App } from './app.ts';
import { writeOnce } from './client.ts';
import { calling, type ErrorContext, unless } from './errors.ts';

/** Pages of the log that are read: 10,000 tries. */
const MOST_PAGES = 100;

/** Events by how much hangs on them; what is not named comes last. */
const ranks = ['pull_request', 'push', 'issue_comment', 'merge_group', 'check_run'];

/** Speaks for the app itself. */
export type AppAccess = Pick<App, 'client'> & { readonly errors: ErrorContext };

interface Tries {
  readonly newest: MissedDelivery;
  readonly isThrough: boolean;
}

/**
 * Deliveries of the app since then of which no try was answered with a 2xx. The log is newest first, and every try of a delivery
 * carries its GUID (docs.github.com, "Automatically redelivering failed deliveries for a GitHub App webhook").
 */
export async function readMissed(access: AppAccess, since: Date): Promise<readonly MissedDelivery[]> {
  const tries = new Map<string, Tries>();
  let cursor: string | null = null;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { items, next }: Page = await readPage(access, cursor);
    for (const item of items) note(tries, item);
    const oldest = items.at(-1);
    if (next === null || oldest === undefined || new Date(oldest.delivered_at) < since) break;
    cursor = next;
  }
  const missed = [...tries.values()].filter(({ isThrough }) => !isThrough).map(({ newest }) => newest);
  return missed.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** Asks GitHub to send a delivery again. One it has forgotten is left out: the repository itself is read anyway. */
export async function redeliver({ client, errors }: AppAccess, { handle }: MissedDelivery): Promise<void> {
  const route = 'POST /app/hook/deliveries/{delivery_id}/attempts';
  // The cast: ids are beyond what a number holds exactly, and Octokit writes a bigint into the path as it stands.
  const asked = { delivery_id: BigInt(handle) as unknown as number, ...writeOnce };
  await unless('not-found', undefined, async () => {
    await calling(errors, () => client.request(route, asked));
  });
}

interface Item {
  readonly id: number | bigint;
  readonly guid: string;
  readonly event: string;
  readonly status_code: number | bigint;
  readonly delivered_at: string;
}

interface Page {
  readonly items: readonly Item[];
  readonly next: string | null;
}

async function readPage({ client, errors }: AppAccess, cursor: string | null): Promise<Page> {
  const asked = { per_page: PAGE, ...(cursor === null ? {} : { cursor }) };
  const { data, headers } = await calling(errors, () => client.request('GET /app/hook/deliveries', asked));
  return { items: data, next: nextCursor(headers.link ?? '') };
}

/** The cursor in `<https://.../deliveries?cursor=v1_7>; rel="next"`. */
function nextCursor(link: string): string | null {
  const next = link.split(',').find((part) => part.includes('rel="next"'));
  const url = /<([^>]+)>/.exec(next ?? '')?.[1];
  return url === undefined ? null : new URL(url).searchParams.get('cursor');
}

function note(tries: Map<string, Tries>, { id, guid, event, status_code }: Item): void {
  const known = tries.get(guid);
  const status = Number(status_code);
  const isThrough = status >= 200 && status < 300;
  const newest = known?.newest ?? { id: guid, handle: String(id), event };
  tries.set(guid, { newest, isThrough: isThrough || known?.isThrough === true });
}

function rankOf({ event }: MissedDelivery): number {
  const at = ranks.indexOf(event);
  return at === -1 ? ranks.length : at;
}
