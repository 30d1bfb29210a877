import { stringifyJson } from '../../../formats/json.ts';
import { BorderError } from '../../../model/error.ts';
import type { JsonObject } from '../../../model/json.ts';
import { identify, type ResourceId } from '../../../model/resource.ts';
import type { ApiResource, WriteOptions, WriteResult } from '../cluster.ts';
import { readObject } from './answer.ts';
import { describeAction, impersonation, notServed, readAs, requireScope, unnamed } from './objects.ts';
import type { Session } from './session.ts';
import { undeclaredPaths, withoutPaths } from './undeclared.ts';
import { objectPath, withQuery } from './urls.ts';

/** The server names at most three faults at once, so leaving undeclared fields out may take several rounds. */
const maxRounds = 10;

interface Application {
  readonly id: ResourceId;
  readonly resource: ApiResource;
  readonly object: JsonObject;
  readonly options: WriteOptions;
}

/**
 * Server-side apply of one object. Its own secrets are learned before it is sent, so that no refusal can quote them.
 * With validation `Warn` or `Ignore`, fields the schema does not declare are left out (`Warn` tells which), as create and
 * update do: server-side apply itself refuses them in every mode.
 */
export async function applyObject(
  session: Session,
  object: JsonObject,
  options: WriteOptions,
  signal: AbortSignal,
): Promise<WriteResult> {
  const { transport, catalogue, redactor } = session;
  const id = identify(object);
  if (id === null) throw unnamed(transport.server);
  redactor.learnSecret(object);
  const resource = await catalogue.resolve(id, signal);
  if (resource === null) throw notServed(id, transport.server);
  const application = { id, resource, object, options };
  if (options.validation === 'Strict') return send(session, application, signal);
  const { result, leftOut } = await sendWithout(session, application, signal);
  const told = options.validation === 'Warn' ? leftOut.map((path) => `unknown field "${path.slice(1)}"`) : [];
  return { ...result, warnings: [...result.warnings, ...told.toSorted()] };
}

async function sendWithout(
  session: Session,
  application: Application,
  signal: AbortSignal,
): Promise<{ readonly result: WriteResult; readonly leftOut: readonly string[] }> {
  const leftOut: string[] = [];
  let { object } = application;
  for (let round = 1; ; round += 1) {
    const outcome = await send(session, { ...application, object }, signal).catch(onlyUndeclared);
    if (!(outcome instanceof BorderError)) return { result: outcome, leftOut };
    const paths = undeclaredPaths(outcome.message);
    const shorter = withoutPaths(object, paths);
    if (shorter === null || paths.length === 0 || round === maxRounds) throw outcome;
    object = shorter;
    leftOut.push(...paths);
  }
}

async function send(session: Session, application: Application, signal: AbortSignal): Promise<WriteResult> {
  const { transport, limits } = session;
  const { id, resource, object, options } = application;
  const action = describeAction(options.dryRun ? 'dry-run' : 'apply', resource, id);
  const path = withQuery(objectPath(resource, requireScope(resource, id)), {
    fieldManager: options.manager,
    force: options.force,
    fieldValidation: options.validation,
    dryRun: options.dryRun ? 'All' : null,
  });
  // JSON is YAML; some servers refuse the newer apply-patch+json type
  const headers = { 'content-type': 'application/apply-patch+yaml', ...impersonation(options.as) };
  const body = stringifyJson(object);
  const { requestMs: deadlineMs } = limits;
  const answer = await transport.send(
    { method: 'PATCH', path, action, headers, body, deadlineMs, isIdempotent: true, about: object },
    signal,
  );
  if (!options.dryRun) session.catalogue.noteWrite(resource);
  const written = readObject(answer.text, { server: transport.server, action });
  const { warnings, status } = answer;
  return { object: session.mask(readAs(resource, written)), warnings, created: status === 201 };
}

function onlyUndeclared(fault: unknown): BorderError {
  if (fault instanceof BorderError && fault.code === 'cluster-schema-refused') return fault;
  throw fault;
}
