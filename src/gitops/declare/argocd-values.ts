import type { Parameters } from '../../formats/argocd/parameters.ts';
import { type TemplateEngine, textOf } from '../../formats/argocd/templates.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import type { ArgoWorld } from './argocd-world.ts';

/** What every generator of a set is run with. */
export interface GeneratorContext {
  readonly usesGoTemplate: boolean;
  /** The ApplicationSet, as far as Argo CD must know it to run one of its generators. */
  readonly set: {
    readonly name: string;
    readonly namespace: string | null;
    readonly project: string;
    /** Whether a template may use what a plugin was told, `.generator`. */
    readonly readsInput: boolean;
  };
  readonly engine: TemplateEngine;
  readonly world: ArgoWorld;
  readonly signal: AbortSignal;
}

/** Parameters with a generator's `values`, in which its own parameters may stand. Throws `TemplateError`. */
export async function withValues(
  sets: readonly Parameters[],
  values: Json | undefined,
  { engine, usesGoTemplate }: GeneratorContext,
): Promise<readonly Parameters[]> {
  const texts = Object.entries(isJsonObject(values) ? values : {}).filter((entry): entry is [string, string] => {
    return typeof entry[1] === 'string';
  });
  if (texts.length === 0) return sets;
  const rows = await engine.render(
    texts.map(([, text]) => text),
    sets,
    { isStrict: false },
  );
  return sets.map((set, row) => {
    const filled = texts.map(([key, text], index) => [key, textOf(rows[row]?.[index], text)] as const);
    if (usesGoTemplate) return { ...set, values: Object.fromEntries(filled) };
    return { ...set, ...Object.fromEntries(filled.map(([key, text]) => [`values.${key}`, text])) };
  });
}
