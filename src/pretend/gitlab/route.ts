import type { Here, Token, World } from './state.ts';

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
  readonly token: Token;
}

/** A call about one project, which the token's user may see. */
export interface ProjectCall extends Call, Here {
  /** Access level of the token's user. */
  readonly level: number;
}

/** A route for any live token. */
export interface OpenRoute {
  readonly operation: string;
  readonly by: 'token';
  run(call: Call): Answer | Promise<Answer>;
}

/** A route about one project. */
export interface ProjectRoute {
  readonly operation: string;
  readonly by: 'project';
  /** Access level the user needs: 10 guest, 20 reporter, 30 developer, 40 maintainer. */
  readonly needs: number;
  run(call: ProjectCall): Answer | Promise<Answer>;
}

export type Route = OpenRoute | ProjectRoute;

/** Ends a request with an error of GitLab's. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(JSON.stringify(message));
    this.status = status;
    this.body = typeof message === 'object' ? message : { message };
    this.headers = headers;
  }
}

/** One page of a list with GitLab's headers. */
export function pageOf({ url }: Call, items: readonly unknown[]): Answer {
  const size = Math.min(Math.max(numberOf(url, 'per_page', 20), 1), 100);
  const page = Math.max(numberOf(url, 'page', 1), 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const next = page < last ? String(page + 1) : '';
  const links = next === '' ? {} : { link: link(url, next) };
  return {
    status: 200,
    body: items.slice((page - 1) * size, page * size),
    headers: { 'x-page': String(page), 'x-next-page': next, 'x-total': String(items.length), ...links },
  };
}

function numberOf(url: URL, name: string, fallback: number): number {
  const value = Number.parseInt(url.searchParams.get(name) ?? '', 10);
  return Number.isNaN(value) ? fallback : value;
}

function link(url: URL, page: string): string {
  const target = new URL(url);
  target.searchParams.set('page', page);
  return `<${target.href}>; rel="next"`;
}

/** Newest or oldest first, as the query asks. */
export function sorted<T>({ url }: Call, items: readonly T[], keyOf: (item: T) => number): readonly T[] {
  const ascending = items.toSorted((a, b) => keyOf(a) - keyOf(b));
  return (url.searchParams.get('sort') ?? 'desc') === 'asc' ? ascending : ascending.toReversed();
}

/** A text of the body, empty when it is not there. */
export function textOf({ body }: Call, name: string): string {
  return typeof body[name] === 'string' ? body[name] : '';
}

/** Texts in a body field that GitLab takes with commas between. */
export function wordsOf(call: Call, name: string): readonly string[] {
  return textOf(call, name)
    .split(',')
    .filter((word) => word !== '');
}
