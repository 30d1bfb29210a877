import type { Answer } from './answer.ts';
import type { Api } from './api.ts';
import type { AnswerOthers } from './asked.ts';

/** What there is beside webhooks. */
export interface Others {
  /** What answers under `/api/`; without it nothing does. */
  readonly api?: Api | undefined;
  /** Why the process can do nothing until it is started again, or null while it can; asked by both probes. */
  fault(): string | null;
  /** What `/readyz` says beside that; without it, that it is ready. Answers within a second, whatever hangs. */
  readonly readiness?: ((isDraining: boolean) => Promise<Answer>) | undefined;
  /** What answers at `/metrics`; without it nothing does. */
  readonly metrics?: (() => Promise<Answer>) | undefined;
}

/** Answers the API, `/healthz` (the process is of use), `/readyz` (it takes work in) and `/metrics`. */
export function answerOthers(others: Others): AnswerOthers {
  return async (asked, isDraining) => {
    const { path } = asked;
    const said = others.api?.answer(asked) ?? null;
    if (said !== null) return said;
    if (path === '/healthz') return health(others);
    if (path === '/readyz') return readiness(others, isDraining);
    if (path === '/metrics' && others.metrics !== undefined) return others.metrics();
    return { status: 404, body: { error: 'not found' }, isUnread: true };
  };
}

function health({ fault }: Others): Answer {
  const reason = fault();
  return reason === null ? { status: 200, body: { status: 'ok' } } : { status: 500, body: { error: reason } };
}

function readiness(others: Others, isDraining: boolean): Answer | Promise<Answer> {
  const reason = isDraining ? 'shutting down' : others.fault();
  if (others.readiness !== undefined && others.fault() === null) return others.readiness(isDraining);
  return reason === null ? { status: 200, body: { status: 'ready' } } : { status: 503, body: { error: reason } };
}
