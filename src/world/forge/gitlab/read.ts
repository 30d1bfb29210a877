import { BorderError } from '../../../model/error.ts';

/** A body that GitLab answered, read field by field: Gitbeaker's types promise more than a server keeps. */
export interface Fields {
  /** Throws `BorderError` where the field is not a text. */
  text(...path: readonly string[]): string;
  number(...path: readonly string[]): number;
  /** False when it is missing. */
  flag(...path: readonly string[]): boolean;
  /** Null when it is missing, null or empty. */
  textOrNull(...path: readonly string[]): string | null;
  numberOrNull(...path: readonly string[]): number | null;
  /** An empty list when it is missing. */
  list(...path: readonly string[]): readonly Fields[];
  /** Texts in a list; an empty list when it is missing. */
  texts(...path: readonly string[]): readonly string[];
  has(...path: readonly string[]): boolean;
}

/** Reads a body. `what` names it in errors: `merge request 7`. */
export function read(body: unknown, what: string): Fields {
  const at = (path: readonly string[]) => dig(body, path);
  return {
    text: (...path) => {
      const found = at(path);
      if (typeof found === 'string') return found;
      throw unexpected(what, path);
    },
    number: (...path) => {
      const found = at(path);
      if (typeof found === 'number') return found;
      throw unexpected(what, path);
    },
    flag: (...path) => at(path) === true,
    textOrNull: (...path) => textOrNull(at(path)),
    numberOrNull: (...path) => {
      const found = at(path);
      return typeof found === 'number' ? found : null;
    },
    list: (...path) => listOf(at(path)).map((item) => read(item, what)),
    texts: (...path) => listOf(at(path)).filter((item) => typeof item === 'string'),
    has: (...path) => at(path) !== undefined && at(path) !== null,
  };
}

/** Reads a list. */
export function readList(body: unknown, what: string): readonly Fields[] {
  if (!Array.isArray(body)) throw unexpected(what, []);
  return body.map((item) => read(item, what));
}

/** Times as the contract has them: GitLab may answer with the offset of its own zone. */
export function utc(time: string): string {
  return new Date(time).toISOString();
}

function textOrNull(found: unknown): string | null {
  return typeof found === 'string' && found !== '' ? found : null;
}

function listOf(found: unknown): readonly unknown[] {
  return Array.isArray(found) ? found : [];
}

function dig(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Readonly<Record<string, unknown>>)[key];
  }
  return current;
}

function unexpected(what: string, path: readonly string[]): BorderError {
  const field = path.length === 0 ? '' : ` without ${path.join('.')}`;
  return new BorderError({
    code: 'gitlab-unexpected',
    kind: 'unavailable',
    status: 200,
    subject: what,
    message: `GitLab answered ${what}${field} in a shape Fairlead does not know.`,
    remedy: 'Check that the URL is that of a GitLab server, version 16 or later.',
  });
}
