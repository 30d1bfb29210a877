import { asDefinition } from '../../formats/openapi/as-definition.ts';
import { BorderError, FairleadError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import { apiVersionOf } from '../../model/resource.ts';
import { type DryRun, judgeInvalid } from './dry-run.ts';
import { definitionIn, type Wanted } from './pair-resources.ts';
import type { Subject } from './subject.ts';

/** What is applied to what. */
interface Run {
  readonly wanted: Wanted;
  /** The live object, Secrets masked. */
  readonly live: JsonObject;
}

/**
 * What applying an object to the live one would give, worked out without the server: by the merge of server-side apply and, of kinds
 * of the API server, by its defaults and validation. Without the module for it nothing is known.
 */
export async function runOffline(subject: Subject, { wanted, live }: Run, signal: AbortSignal): Promise<DryRun> {
  const { scene } = subject;
  if (scene.merger === null) return { kind: 'failed', error: unknown(scene.cluster.name, null) };
  const { id } = wanted.resource;
  const applied = scene.maskObject(wanted.object);
  try {
    const definition = definitionIn(scene.head, id) ?? (await publishedDefinition(subject, signal));
    const task = { id, live, applied, manager: scene.manager, definition };
    const { object, refusal } = await scene.merger.apply(task, signal);
    if (refusal === null) return { kind: 'predicted', object, findings: [] };
    const refused = { wanted, object: wanted.object, findings: [], options: { target: scene.target } };
    return judgeInvalid({ message: refusal, code: 'cluster-refused', remedy: '' }, refused);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof FairleadError)) throw error;
    return { kind: 'failed', error: unknown(scene.cluster.name, error) };
  }
}

/** What the cluster's schemas say of a custom kind; null of the API server's own. */
async function publishedDefinition({ pair: { id }, scene }: Subject, signal: AbortSignal): Promise<JsonObject | null> {
  const document = await (await scene.cluster.openapi(signal)).document(apiVersionOf(id), signal);
  return document === null ? null : asDefinition(document, id);
}

function unknown(cluster: string, cause: FairleadError | null): BorderError {
  if (cause instanceof BorderError) return cause;
  return new BorderError({
    ...{ kind: 'unavailable', status: 503, code: 'offline-unavailable', subject: cluster },
    message: `What it would become could not be worked out without cluster ${cluster} either${cause === null ? '' : `: ${cause.message}`}`,
    remedy: cause?.remedy ?? 'Let the cluster answer dry-runs.',
    ...(cause === null ? {} : { cause }),
  });
}
