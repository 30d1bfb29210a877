import type { ApiRequest } from './exchange.ts';
import type { Route } from './route.ts';
import { refusal, resourceName } from './status.ts';

/** Somebody who may call. */
export interface User {
  readonly name: string;
  readonly token: string;
  /** The verbs it may use on every resource; null is all of them, impersonation included. */
  readonly verbs: readonly string[] | null;
}

/** Who calls: the bearer of a known token, or whom that user impersonates. Throws a 401 or 403 `StatusError`. */
export function identify(request: ApiRequest, users: readonly User[] | null): User {
  if (users === null) return anybody;
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const user = users.find((candidate) => candidate.token === token);
  if (user === undefined) throw refusal({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
  const name = request.headers['impersonate-user'];
  if (typeof name !== 'string') return user;
  if (user.verbs !== null)
    throw forbidden(
      `users "${name}" is forbidden: User "${user.name}" cannot impersonate resource "users" in API group "" at the cluster scope`,
    );
  return users.find((candidate) => candidate.name === name) ?? { name, token: '', verbs: [] };
}

/** Throws a 403 `StatusError` in the server's words when the user may not do this. */
export function authorise(user: User, verb: string, route: Route): void {
  if (user.verbs === null || user.verbs.includes(verb)) return;
  const { kind, namespace, name, subresource } = route;
  const subject = `${resourceName(kind)}${name === null ? '' : ` "${name}"`}`;
  const resource = subresource === '' ? kind.plural : `${kind.plural}/${subresource}`;
  const place = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  throw forbidden(
    `${subject} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${place}`,
  );
}

const anybody: User = { name: 'anybody', token: '', verbs: null };

function forbidden(message: string): Error {
  return refusal({ code: 403, reason: 'Forbidden', message, details: {} });
}
