import { FairleadError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import { createPool, type Pool, workerScript } from '../../tools/pool.ts';

/** One call of the merge module, as it goes to the worker. */
export interface MergeTask {
  readonly header: object;
  readonly texts: readonly (readonly [string, string])[];
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What became of a write: the object as JSON text, or the server's refusal. */
export type WriteOutcome =
  | {
      readonly object: string;
      readonly created: boolean;
      readonly changed: boolean;
      readonly warnings: readonly string[];
    }
  | { readonly status: JsonObject; readonly warnings: readonly string[] };

/** The API server's own code for objects, in a worker thread that starts with the first call. */
export interface Merge {
  /** Carries out op `write` of the merge module. `texts` are `body`, `live`, `crd` as JSON (a body may be YAML). */
  write(header: object, texts: Readonly<Record<string, string | null>>): Promise<WriteOutcome>;
  close(): Promise<void>;
}

const deadlineMs = 60_000;

/** Opens the module at `path`. `now` gives milliseconds since 1970. */
export function openMerge(path: string, now: () => number): Merge {
  const script = workerScript(import.meta.url, './merge-worker');
  const pool: Pool<MergeTask, string> = createPool({ script, size: 1, workerData: { path } });
  // Ends calls that still run when the server closes.
  const closing = new AbortController();
  let calls = 0;
  return {
    write: async (header, texts) => {
      calls += 1;
      const present = Object.entries(texts).filter((entry): entry is [string, string] => entry[1] !== null);
      const task = { header: { op: 'write', ...header }, texts: present, seed: calls, now: now() };
      return readAnswer(await pool.run(task, { signal: closing.signal, deadlineMs }));
    },
    close: async () => {
      closing.abort();
      await pool.close();
    },
  };
}

function readAnswer(text: string): WriteOutcome {
  // The module answers so by its contract; objects are texts inside, so no number is touched here.
  const answer = JSON.parse(text) as { readonly ok: boolean; readonly error?: string } & WriteOutcome;
  if (answer.ok) return answer;
  throw new FairleadError({
    code: 'merge-failed',
    message: `The merge module failed: ${answer.error}.`,
    subject: 'merge',
    remedy: 'Report it with the object that causes it.',
  });
}
