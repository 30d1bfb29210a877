import { stringifyJson } from '../../../formats/json.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { ResourceId } from '../../../model/resource.ts';
import type { ApiResource, RemoveOptions } from '../cluster.ts';
import { readObject } from './answer.ts';
import { describeAction, impersonation, readAs, requireScope } from './objects.ts';
import type { Session } from './session.ts';
import { objectPath } from './urls.ts';

/** A JSON patch, guarded by a resourceVersion when one is given. Not repeated after a broken connection. */
export async function patchObject(
  session: Session,
  resource: ApiResource,
  patch: {
    readonly id: ResourceId;
    readonly jsonPatch: readonly JsonObject[];
    readonly resourceVersion: string | null;
  },
  signal: AbortSignal,
): Promise<JsonObject> {
  const { transport, limits } = session;
  const action = describeAction('patch', resource, patch.id);
  // Setting the version makes the server compare it and answer 409; a `test` operation would answer 422.
  const guard =
    patch.resourceVersion === null
      ? []
      : [{ op: 'replace', path: '/metadata/resourceVersion', value: patch.resourceVersion }];
  const answer = await transport.send(
    {
      method: 'PATCH',
      path: objectPath(resource, requireScope(resource, patch.id)),
      action,
      headers: { 'content-type': 'application/json-patch+json' },
      body: stringifyJson([...guard, ...patch.jsonPatch]),
      deadlineMs: limits.requestMs,
      isIdempotent: false,
      about: patchedValues(resource, patch.jsonPatch),
    },
    signal,
  );
  session.catalogue.noteWrite(resource);
  return session.mask(readAs(resource, readObject(answer.text, { server: transport.server, action })));
}

/** Deletes one object; what the server cascades to is its business (background deletion). */
export async function removeObject(
  session: Session,
  resource: ApiResource,
  removal: RemoveOptions & { readonly id: ResourceId },
  signal: AbortSignal,
): Promise<void> {
  const { transport, limits } = session;
  const { uid, resourceVersion } = removal;
  const preconditions = { ...(uid === null ? {} : { uid }), ...(resourceVersion === null ? {} : { resourceVersion }) };
  await transport.send(
    {
      method: 'DELETE',
      path: objectPath(resource, requireScope(resource, removal.id)),
      action: describeAction(removal.dryRun ? 'dry-run the removal of' : 'remove', resource, removal.id),
      headers: { 'content-type': 'application/json', ...impersonation(removal.as) },
      body: stringifyJson({
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Background',
        preconditions,
        ...(removal.dryRun ? { dryRun: ['All'] } : {}),
      }),
      deadlineMs: limits.requestMs,
      isIdempotent: removal.dryRun,
    },
    signal,
  );
  if (!removal.dryRun) session.catalogue.noteWrite(resource);
}

/** The values a patch carries, in the shape of the object they go to, so that those of a Secret are recognised. */
function patchedValues(resource: ApiResource, jsonPatch: readonly JsonObject[]): JsonObject {
  return { kind: resource.kind, data: jsonPatch.map(({ value }) => value ?? null) };
}
