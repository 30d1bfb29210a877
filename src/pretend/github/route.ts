import type { Actor } from './issue-actions.ts';
import type { AppFacts, Repository, Token, World } from './state.ts';

/** A route's answer. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route works on. */
export interface Call {
  readonly world: World;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** Who asks; null when the app itself does, by its JWT. */
  readonly token: Token | null;
}

/** A call about one repository, which exists and which the token reaches. */
export interface RepositoryCall extends Call {
  readonly repository: Repository;
  readonly token: Token;
}

/** Any one of these lets a token in: `pull_requests=write`. */
export type Need = readonly [name: string, level: 'read' | 'write'];

/** A call by an app itself: that of the world, or one made from a manifest, which is installed nowhere yet. */
export interface AppCall extends Call {
  readonly app: AppFacts;
}

/** A route that the app calls by JWT. */
export interface AppRoute {
  readonly operation: string;
  readonly by: 'app';
  run(call: AppCall): Answer | Promise<Answer>;
}

/** A route that needs no credentials. */
export interface OpenRoute {
  readonly operation: string;
  readonly by: 'anyone';
  run(call: Call): Answer | Promise<Answer>;
}

/** A route about a user, for any live token. */
export interface UserRoute {
  readonly operation: string;
  readonly by: 'token';
  run(call: Call & { readonly token: Token }): Answer | Promise<Answer>;
}

/** A route about one repository. */
export interface RepositoryRoute {
  readonly operation: string;
  readonly by: 'repository';
  readonly needs: readonly Need[];
  run(call: RepositoryCall): Answer | Promise<Answer>;
}

export type Route = AppRoute | OpenRoute | UserRoute | RepositoryRoute;

/** Ends a request with GitHub's error shape. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** Who makes a call. */
export function actorOf({ token }: RepositoryCall): Actor {
  return { user: token.user, byApp: token.byApp };
}

/** GitHub's error body. */
export function refusalBody(status: number, message: string): Record<string, unknown> {
  return { message, documentation_url: 'https://docs.github.com/rest', status: String(status) };
}

/** One page of a list with GitHub's Link header. `wrap` puts the items into an object. */
export function pageOf(
  call: Call,
  items: readonly unknown[],
  wrap = (page: readonly unknown[]): unknown => page,
): Answer {
  const size = Math.min(Math.max(numberOf(call.url, 'per_page', 30), 1), 100);
  const page = Math.max(numberOf(call.url, 'page', 1), 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const slice = items.slice((page - 1) * size, page * size);
  const links: string[] = [];
  if (page < last) links.push(link(call.url, page + 1, 'next'), link(call.url, last, 'last'));
  if (page > 1) links.push(link(call.url, page - 1, 'prev'), link(call.url, 1, 'first'));
  return { status: 200, body: wrap(slice), headers: links.length > 0 ? { link: links.join(', ') } : {} };
}

function numberOf(url: URL, name: string, fallback: number): number {
  const value = Number.parseInt(url.searchParams.get(name) ?? '', 10);
  return Number.isNaN(value) ? fallback : value;
}

function link(url: URL, page: number, rel: string): string {
  const target = new URL(url);
  target.searchParams.set('page', String(page));
  return `<${target.href}>; rel="${rel}"`;
}
