import { parseJson, stringifyJson } from '../../formats/json.ts';
import { createModulePool } from '../../formats/wasm/module-pool.ts';
import type { ModuleTask } from '../../formats/wasm/module-worker.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonList, isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';

/** What became of one object. */
export type Substituted =
  | { readonly kind: 'object'; readonly object: JsonObject }
  | { readonly kind: 'failed'; readonly message: string };

/** The values of variables by name. */
export type VariableValues = Readonly<Record<string, string>>;

/** Puts variables into objects as Flux does. */
export interface FluxSubstituter {
  /**
   * One outcome per object, in order. With `isStrict` a variable that has neither value nor default fails its object, as with the
   * controller's feature gate StrictPostBuildSubstitutions. Throws `FairleadError`: `render-timeout`, `render-failed`, and what
   * locating the module throws.
   */
  substitute(
    objects: readonly JsonObject[],
    variables: VariableValues,
    options: { readonly isStrict: boolean; readonly signal: AbortSignal },
  ): Promise<readonly Substituted[]>;
  close(): Promise<void>;
}

/** How a substituter is made. */
export interface SubstituterOptions {
  /** The file of the module `envsubst`, built when it is missing. */
  readonly locate: (signal: AbortSignal) => Promise<string>;
  /** Milliseconds one call may take. */
  readonly deadlineMs: number;
}

/** A YAML document many times the size of its object fits. */
const maxMemoryMb = 256;

/**
 * Makes a substituter on Flux's own library (wasm/envsubst: fluxcd/pkg/envsubst between sigs.k8s.io/yaml): what a variable turns a
 * value into depends on how that YAML library quotes, so nothing else gives the same types. Its thread starts with the first call.
 */
export function createFluxSubstituter({ locate, deadlineMs }: SubstituterOptions): FluxSubstituter {
  const pool = createModulePool({ locate, workers: 1, deadlineMs, maxMemoryMb });
  return {
    substitute: async (objects, variables, { isStrict, signal }) => {
      if (objects.length === 0) return [];
      const answer = await pool.run(taskOf(objects, variables, isStrict), signal).catch((fault: unknown) => {
        throw substituteError(fault);
      });
      return readAnswer(answer);
    },
    close: () => pool.close(),
  };
}

function taskOf(objects: readonly JsonObject[], variables: VariableValues, strict: boolean): ModuleTask {
  const payload = objects.map((object) => new TextEncoder().encode(stringifyJson(object)));
  return { header: { variables, strict, sizes: payload.map(({ length }) => length) }, payload, seed: 0, now: 0 };
}

function readAnswer(text: string): readonly Substituted[] {
  const answer = parseJson(text);
  const results = pick(answer, 'results');
  if (!isJsonList(results)) throw failed(pickText(answer, 'error') ?? 'no answer');
  return results.map((result) => {
    const object = pick(result, 'object');
    if (isJsonObject(object)) return { kind: 'object', object };
    return { kind: 'failed', message: pickText(result, 'error') ?? 'the result is no object' };
  });
}

/** What stops a call, beside its deadline. */
const stops: ReadonlySet<string> = new Set(['worker-memory', 'worker-died', 'module-memory', 'module-crashed']);

function substituteError(fault: unknown): unknown {
  if (!(fault instanceof FairleadError)) return fault;
  if (stops.has(fault.code)) return failed(fault.message, fault);
  if (fault.code !== 'worker-timeout') return fault;
  return new FairleadError({
    code: 'render-timeout',
    message: 'Substituting variables did not finish in time and was stopped.',
    subject: 'postBuild',
    remedy: 'Look for very large values with patterns such as `##` and `%%`.',
    cause: fault,
  });
}

function failed(why: string, cause?: unknown): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `Variables could not be substituted: ${why}.`,
    subject: 'postBuild',
    remedy: 'Correct the variables of the Kustomization.',
    cause,
  });
}
