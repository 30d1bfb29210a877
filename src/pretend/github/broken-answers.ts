import type { ServerResponse } from 'node:http';
import type { FaultKind } from './faults.ts';

/** Faults that come after the work is done: the answer says something else, or never arrives. */
const afterwards: ReadonlySet<FaultKind> = new Set([
  'bad-gateway-after-commit',
  'server-error-after-commit',
  'gateway-timeout-after-commit',
  'reset-after-commit',
  'truncated',
  'html',
]);

/** Whether the work is done all the same. */
export function isDoneAllTheSame(kind: FaultKind | null): boolean {
  return kind === null || afterwards.has(kind);
}

/** Breaks the connection off, or sends half of the answer or a proxy's page in its place; false where the fault is none of these. */
export function sendBroken(kind: FaultKind | null, response: ServerResponse, body: unknown): boolean {
  if (kind === 'reset' || kind === 'reset-after-commit') {
    response.destroy();
    return true;
  }
  if (kind !== 'truncated' && kind !== 'html') return false;
  const text = kind === 'html' ? '<!doctype html><title>Just a moment</title>' : half(JSON.stringify(body ?? {}));
  const type = kind === 'html' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
  return true;
}

function half(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}
