import type { JsonObject } from '../../model/json.ts';
import type { ServedKind } from './kinds.ts';

/** A refusal as the API server words it: the body of an answer whose status is its code. */
export class StatusError extends Error {
  readonly status: JsonObject;
  readonly code: number;

  constructor(status: JsonObject) {
    super(String(status.message));
    this.status = status;
    this.code = Number(status.code);
  }
}

/** The parts of a refusal that differ. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: JsonObject;
}

/** A `Status` object of a failure, to be thrown. */
export function refusal({ code, reason, message, details }: Refusal): StatusError {
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(details !== undefined && { details }),
    code,
  });
}

/** `deployments.apps`, or `configmaps` in the core group. */
export function resourceName(kind: Pick<ServedKind, 'group' | 'plural'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

/** 404 of a missing object. */
export function notFound(kind: Pick<ServedKind, 'group' | 'plural'>, name: string): StatusError {
  const message = `${resourceName(kind)} "${name}" not found`;
  return refusal({ code: 404, reason: 'NotFound', message, details: detailsOf(kind, name) });
}

/** 409 of a create whose name is taken. */
export function alreadyExists(kind: ServedKind, name: string): StatusError {
  const message = `${resourceName(kind)} "${name}" already exists`;
  return refusal({ code: 409, reason: 'AlreadyExists', message, details: detailsOf(kind, name) });
}

/** 404 of a resource type that is not served. */
export function notServed(): StatusError {
  const message = 'the server could not find the requested resource';
  return refusal({ code: 404, reason: 'NotFound', message, details: {} });
}

/** 400. */
export function badRequest(message: string): StatusError {
  return refusal({ code: 400, reason: 'BadRequest', message });
}

/** 405 of a verb the resource does not have. */
export function notAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return refusal({ code: 405, reason: 'MethodNotAllowed', message, details: {} });
}

/** 422 of a query option. `cause` is such as `fieldManager: Required value: is required for apply patch`. */
export function invalidOptions(options: string, field: string, cause: string): StatusError {
  const message = `${options}.meta.k8s.io "" is invalid: ${field}: ${cause}`;
  const reason = cause.startsWith('Required') ? 'FieldValueRequired' : 'FieldValueForbidden';
  const details = { group: 'meta.k8s.io', kind: options, causes: [{ reason, message: cause, field }] };
  return refusal({ code: 422, reason: 'Invalid', message, details });
}

/** 410 of a resource version that is no longer kept. */
export function expired(asked: string, oldest: number): StatusError {
  const message = `too old resource version: ${asked} (${oldest})`;
  return refusal({ code: 410, reason: 'Expired', message });
}

/** The `details` of a Status about one object. */
export function detailsOf(kind: Pick<ServedKind, 'group' | 'plural'>, name: string): JsonObject {
  return { name, ...(kind.group !== '' && { group: kind.group }), kind: kind.plural };
}
