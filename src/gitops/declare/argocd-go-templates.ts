import type { Parameters } from '../../formats/argocd/parameters.ts';
import type { TemplateEngine, TemplateOutcome } from '../../formats/argocd/templates.ts';
import { createModulePool, type ModulePool } from '../../formats/wasm/module-pool.ts';
import { FairleadError } from '../../model/error.ts';
import type { Json } from '../../model/json.ts';

/** Go templates as Argo CD executes them, in worker threads that can be ended. */
export interface GoTemplates {
  /** An engine with the set's `goTemplateOptions`. It throws `FairleadError` `template-failed`, and what locating throws. */
  engine(options: readonly string[], signal: AbortSignal): TemplateEngine;
  close(): Promise<void>;
}

/** What they are made of. */
export interface GoTemplateDependencies {
  /** The file of the module `gotemplate`, built when it is missing. */
  readonly locate: (signal: AbortSignal) => Promise<string>;
  /** Milliseconds that one set of texts may take. */
  readonly deadlineMs: number;
  /** MiB the module may use. */
  readonly maxMemoryMb: number;
}

/** What all results of one request may take. */
const maxBytes = 16 * 1024 * 1024;

/** Makes them; a thread starts with the first template. */
export function createGoTemplates(dependencies: GoTemplateDependencies): GoTemplates {
  const pool = createModulePool({ ...dependencies, workers: 1 });
  return {
    engine: (options, signal) => ({
      render: async (texts, sets, { isStrict }) => {
        const templates = [...new Set(texts.filter((text) => text.includes('{{')))];
        if (templates.length === 0) return sets.map(() => texts.map((text) => ({ text })));
        const used = isStrict
          ? [...options.filter((one) => !one.startsWith('missingkey=')), 'missingkey=error']
          : options;
        const header = { options: used, templates, params: sets.map(asFloats), maxBytes };
        const rows = await ask(pool, header, signal);
        const at = new Map(templates.map((text, index) => [text, index]));
        return sets.map((_, row) => texts.map((text) => outcomeAt(rows[row], at.get(text), text)));
      },
    }),
    close: () => pool.close(),
  };
}

function outcomeAt(
  row: readonly ModuleOutcome[] | undefined,
  index: number | undefined,
  text: string,
): TemplateOutcome {
  const outcome = index === undefined ? undefined : row?.[index];
  if (outcome === undefined) return { text };
  return outcome.error === undefined ? { text: outcome.text } : { error: outcome.error };
}

/** Integers beyond 2^53 become what Go's JSON reader makes of every number. */
function asFloats(parameters: Parameters): object {
  return JSON.parse(
    JSON.stringify(parameters, (_key, value: Json) => (typeof value === 'bigint' ? Number(value) : value)),
  );
}

interface ModuleOutcome {
  readonly text: string;
  readonly error?: string;
}

async function ask(
  pool: ModulePool,
  header: object,
  signal: AbortSignal,
): Promise<readonly (readonly ModuleOutcome[])[]> {
  const text = await pool.run({ header, payload: [], seed: 0, now: 0 }, signal).catch((fault: unknown) => {
    throw stoppedError(fault);
  });
  // The module under wasm/gotemplate answers so.
  const answer = JSON.parse(text) as
    | { readonly ok: true; readonly results: readonly (readonly ModuleOutcome[])[] }
    | { readonly ok: false; readonly error: string };
  if (answer.ok) return answer.results;
  throw failure(answer.error, 'Correct the template or `goTemplateOptions`.');
}

const stops: Readonly<Record<string, string>> = {
  'worker-timeout': 'they did not end in time',
  'worker-memory': 'they needed too much memory',
  'worker-died': 'the thread ended',
  'module-memory': 'they needed too much memory',
  'module-crashed': 'they stopped the module',
};

function stoppedError(fault: unknown): unknown {
  const why = fault instanceof FairleadError ? stops[fault.code] : undefined;
  if (why === undefined) return fault;
  return failure(why, 'Look for a loop that never ends, or for output that grows without end.', fault);
}

function failure(why: string, remedy: string, cause?: unknown): FairleadError {
  const message = `The Go templates of the ApplicationSet could not be executed: ${why}.`;
  return new FairleadError({ code: 'template-failed', message, subject: 'goTemplate', remedy, cause });
}
