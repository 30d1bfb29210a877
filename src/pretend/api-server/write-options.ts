import type { ApiRequest } from './exchange.ts';
import type { ServedKind } from './kinds.ts';
import type { Route } from './route.ts';
import { badRequest, invalidOptions, notAllowed, refusal } from './status.ts';

/** How one write is meant. */
export interface WriteOptions {
  readonly verb: 'create' | 'update' | 'patch' | 'apply';
  readonly patchType: string;
  readonly manager: string;
  readonly force: boolean;
  readonly validation: 'Strict' | 'Warn' | 'Ignore';
  readonly dryRun: boolean;
}

/** Reads a write's verb, content type and query. Throws the `StatusError` the server would answer. */
export function readWriteOptions(route: Route, request: ApiRequest): WriteOptions {
  const { query } = request;
  const { verb, patchType } = verbOf(route, request);
  const named = query.get('fieldManager');
  if (verb === 'apply' && !named) {
    throw invalidOptions('PatchOptions', 'fieldManager', 'Required value: is required for apply patch');
  }
  if (verb !== 'apply' && query.has('force')) {
    throw invalidOptions('PatchOptions', 'force', 'Forbidden: may not be specified for non-apply patch');
  }
  return {
    verb,
    patchType,
    manager: named || managerOf(request.headers['user-agent']),
    force: query.get('force') === 'true',
    validation: validationOf(query.get('fieldValidation')),
    dryRun: isDryRun(query.get('dryRun')),
  };
}

/** Whether nothing is to be kept. Throws a 422 `StatusError` for another value than `All`. */
export function isDryRun(value: string | null): boolean {
  if (value === null || value === '') return false;
  if (value === 'All') return true;
  throw invalidOptions('PatchOptions', 'dryRun', `Unsupported value: "${value}": supported values: "All"`);
}

/** The type of a request, as the merge module names it. */
export function groupOf(kind: ServedKind): object {
  return { group: kind.group, version: kind.version, kind: kind.kind, resource: kind.plural };
}

function verbOf(route: Route, request: ApiRequest): Pick<WriteOptions, 'verb' | 'patchType'> {
  if (route.kind.namespaced && route.namespace === null) throw notAllowed();
  switch (`${request.method} ${route.name === null ? 'collection' : 'object'}`) {
    case 'POST collection':
      return { verb: 'create', patchType: '' };
    case 'PUT object':
      return { verb: 'update', patchType: '' };
    case 'PATCH object':
      return patchVerb(request.headers['content-type'] ?? '');
    default:
      throw notAllowed();
  }
}

function patchVerb(contentType: string): Pick<WriteOptions, 'verb' | 'patchType'> {
  const type = contentType.split(';')[0]?.trim() ?? '';
  if (type === 'application/apply-patch+yaml') return { verb: 'apply', patchType: '' };
  const patchType = /^application\/(json|merge|strategic-merge)-patch\+json$/.exec(type)?.[1];
  if (patchType === undefined) throw unknownFormat();
  return { verb: 'patch', patchType: patchType.replace('-merge', '') };
}

function unknownFormat(): Error {
  const message = '415: Unsupported Media Type';
  return refusal({ code: 415, reason: 'UnsupportedMediaType', message, details: {} });
}

function validationOf(value: string | null): WriteOptions['validation'] {
  if (value === null || value === '') return 'Warn';
  if (value === 'Strict' || value === 'Warn' || value === 'Ignore') return value;
  throw badRequest(`fieldValidation: Unsupported value: "${value}": supported values: "Ignore", "Strict", "Warn"`);
}

/** Writers that name no manager get the first word of their user agent. */
function managerOf(userAgent: string | undefined): string {
  return (userAgent ?? '').split('/')[0]?.slice(0, 128) || 'unknown';
}
