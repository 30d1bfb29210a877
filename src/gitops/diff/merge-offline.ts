import { parseJson, stringifyJson } from '../../formats/json.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { createPool, type Pool, workerScript } from '../../tools/pool.ts';
import { fillIn } from './fill-in.ts';
import { keepDefaults } from './known-defaults.ts';
import type { MergeTask } from './merge-offline-worker.ts';

/** One object to be applied to another without a server. */
export interface OfflineApply {
  readonly id: ResourceId;
  /** The live object with its managedFields, Secrets masked. */
  readonly live: JsonObject;
  /** What is applied, masked alike. */
  readonly applied: JsonObject;
  readonly manager: string;
  /** The CustomResourceDefinition of its kind; null for kinds of the API server itself. */
  readonly definition: JsonObject | null;
}

/** What applying would give. */
export interface OfflineResult {
  /** With managedFields, as the server would answer. */
  readonly object: JsonObject;
  /** Why the server's own validation would refuse it, in its words; null: it would not, or does not know the kind here. */
  readonly refusal: string | null;
}

/** Server-side apply by the API server's own code, in a thread of its own. */
export interface OfflineMerger {
  /**
   * What forced server-side apply would give (sigs.k8s.io/structured-merge-diff), with the defaults of the kinds the module knows. Of a
   * Secret no more than the merge is known, since its values are masked. Throws `FairleadError`: `merge-failed`, and what finding
   * and starting the module throws.
   */
  apply(task: OfflineApply, signal: AbortSignal): Promise<OfflineResult>;
  close(): Promise<void>;
}

/** One object takes milliseconds; the first one waits for the module. Milliseconds. */
const deadlineMs = 60_000;

/** Opens the merge module when it is first needed; a failure is tried again the next time. `locate` gives the module's file. */
export function createOfflineMerger(locate: (signal: AbortSignal) => Promise<string>): OfflineMerger {
  let opened: Promise<Pool<MergeTask, string>> | null = null;
  const pool = (signal: AbortSignal): Promise<Pool<MergeTask, string>> => {
    opened ??= locate(signal)
      .then((path) => {
        const script = workerScript(import.meta.url, './merge-offline-worker');
        return createPool<MergeTask, string>({ script, size: 1, workerData: { path } });
      })
      .catch((fault: unknown) => {
        opened = null;
        throw fault;
      });
    return opened;
  };
  return {
    apply: async (task, signal) => {
      const running = await pool(signal);
      const run = async (one: MergeTask) => readAnswer(await running.run(one, { signal, deadlineMs }), task.id.kind);
      return combine(task, await run(mergeTask(task)), isTried(task) ? await run(writeTask(task)) : null);
    },
    close: async () => {
      // A module that could not be opened has nothing to close.
      const running = await opened?.catch(() => null);
      await running?.close();
    },
  };
}

/** What the module answers: an object as JSON text, or the server's refusal. */
interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly object?: string | null;
  readonly status?: { readonly code?: number; readonly message?: string };
}

function readAnswer(text: string, kind: string): Answer {
  // The module answers so by its contract; objects are texts inside, so that no number is touched here.
  const answer = JSON.parse(text) as Answer;
  if (answer.ok || /has no resource/.test(answer.error ?? '')) return answer;
  throw new FairleadError({
    code: 'merge-failed',
    subject: kind,
    message: `A ${kind} could not be merged without the cluster: ${answer.error}.`,
    remedy: 'Let the cluster answer dry-runs, or report it with the object that causes it.',
  });
}

/** The masked values of a Secret are no base64: its validation would refuse them. */
function isTried({ id }: OfflineApply): boolean {
  return !(id.kind === 'Secret' && id.group === '');
}

function combine({ live }: OfflineApply, merged: Answer, written: Answer | null): OfflineResult {
  const object = objectOf(merged) ?? live;
  const filled = written === null ? null : objectOf(written);
  const refusal = written?.status?.code === 422 ? (written.status.message ?? 'it is invalid') : null;
  return { object: filled === null ? keepDefaults(object, live) : fillIn(object, filled), refusal };
}

function objectOf({ object }: Answer): JsonObject | null {
  const value = typeof object === 'string' ? parseJson(object) : null;
  return isJsonObject(value) ? value : null;
}

function mergeTask({ id, live, applied, manager, definition }: OfflineApply): MergeTask {
  const { group, version, kind, name, namespace } = id;
  return {
    header: { op: 'apply', ...{ group, version, kind, name, manager }, namespace: namespace ?? '', force: true },
    texts: [['live', stringifyJson(live)], ['applied', stringifyJson(applied)], ...definitionText(definition)],
  };
}

function writeTask({ id, live, applied, manager, definition }: OfflineApply): MergeTask {
  const { group, version, kind, name, namespace } = id;
  const how = { op: 'write', verb: 'apply', force: true, validation: 'Ignore' };
  return {
    header: { ...how, ...{ group, version, kind, name, manager }, namespace: namespace ?? '' },
    texts: [['live', stringifyJson(live)], ['body', stringifyJson(applied)], ...definitionText(definition)],
  };
}

function definitionText(definition: JsonObject | null): MergeTask['texts'] {
  return definition === null ? [] : [['crd', stringifyJson(definition)]];
}
