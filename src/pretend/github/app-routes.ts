import { installationBody, repositoryBody } from './bodies.ts';
import type { Attempt } from './hooks.ts';
import { type Answer, type AppCall, type AppRoute, type Call, pageOf, Refusal, type UserRoute } from './route.ts';
import type { AppFacts, Repository, Token, World } from './state.ts';

/** Days GitHub keeps deliveries, and lets them be sent again. */
const KEPT_DAYS = 3;

/** What an app asks about itself: where it is installed, and what became of its webhooks. */
export const appRoutes: readonly (AppRoute | UserRoute)[] = [
  { operation: 'GET /app/installations', by: 'app', run: listInstallations },
  { operation: 'GET /installation/repositories', by: 'token', run: listRepositories },
  { operation: 'GET /app/hook/deliveries', by: 'app', run: listDeliveries },
  { operation: 'POST /app/hook/deliveries/{delivery_id}/attempts', by: 'app', run: redeliver },
];

/** What an app may be installed on. Only the app of the world is: one made from a manifest was made just now. */
export function repositoriesOf(world: World, app: AppFacts): readonly Repository[] {
  return app === world.app ? [...world.repositories.values()] : [];
}

/** One for each owner of repositories. */
function listInstallations(call: AppCall): Answer {
  const { world } = call;
  const first = new Map<number, Repository>();
  for (const repository of repositoriesOf(world, call.app)) {
    const { installation } = repository;
    if (installation !== null && !first.has(installation)) first.set(installation, repository);
  }
  return pageOf(
    call,
    [...first.values()].map((repository) => installationBody(world, repository)),
  );
}

function listRepositories(call: Call & { readonly token: Token }): Answer {
  const { world, token } = call;
  if (token.installation === null) throw new Refusal(403, 'Resource not accessible by integration');
  const own = [...world.repositories.values()].filter(
    ({ installation, fullName }) =>
      installation === token.installation && (token.repositories === null || token.repositories.includes(fullName)),
  );
  return pageOf(
    call,
    own.map((repository) => repositoryBody(world, repository)),
    (repositories) => ({ total_count: own.length, repositories }),
  );
}

/** Newest first; a cursor names the delivery a page begins with. */
function listDeliveries({ world, url, app }: AppCall): Answer {
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), 100);
  const from = Number((url.searchParams.get('cursor') ?? '').replace(/^v1_/, '')) || Number.POSITIVE_INFINITY;
  const own = app === world.app ? world.hooks.attempts : [];
  const kept = own.filter(({ at }) => isKept(at, world.now())).toReversed();
  const rest = kept.filter(({ id }) => id <= from);
  const next = rest[size];
  const link = new URL(url);
  if (next !== undefined) link.searchParams.set('cursor', `v1_${next.id}`);
  return {
    status: 200,
    body: rest.slice(0, size).map(attemptBody),
    headers: next === undefined ? {} : { link: `<${link.href}>; rel="next"` },
  };
}

/** GitHub takes note and sends it in its own time, with the id it had. */
function redeliver({ world, params, app }: AppCall): Answer {
  const wanted = Number(params['delivery_id']);
  const attempt = world.hooks.attempts.find(({ id }) => id === wanted);
  if (app !== world.app || attempt === undefined || !isKept(attempt.at, world.now()))
    throw new Refusal(404, 'Not Found');
  void world.hooks.redeliver(attempt.delivery.id);
  return { status: 202, body: {} };
}

function isKept(at: Date, now: Date): boolean {
  return now.getTime() - at.getTime() < KEPT_DAYS * 24 * 3_600_000;
}

function attemptBody({ id, at, status, isRedelivery, delivery }: Attempt): Record<string, unknown> {
  // The cast: the hooks wrote it, as an object.
  const payload = JSON.parse(delivery.payload) as {
    readonly action?: string;
    readonly installation?: { readonly id: number };
    readonly repository?: { readonly id: number };
  };
  return {
    id,
    guid: delivery.id,
    delivered_at: at.toISOString(),
    redelivery: isRedelivery,
    duration: 0.01,
    status: status < 300 ? 'OK' : 'failed to connect to host',
    status_code: status,
    event: delivery.event,
    action: payload.action ?? null,
    installation_id: payload.installation?.id ?? null,
    repository_id: payload.repository?.id ?? null,
    throttled_at: null,
  };
}
