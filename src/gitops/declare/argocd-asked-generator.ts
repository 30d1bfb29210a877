import { flatten, goText } from '../../formats/argocd/go-text.ts';
import type { Parameters } from '../../formats/argocd/parameters.ts';
import { parseJson } from '../../formats/json.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonObject, type Json, type JsonObject, pickText } from '../../model/json.ts';
import { unknown } from './argocd-fault.ts';
import { type GeneratorContext, withValues } from './argocd-values.ts';

/** Kinds of generators that ask what only Argo CD reaches. */
export type AskedKind = 'scmProvider' | 'pullRequest' | 'plugin' | 'clusterDecisionResource';

const askedBy: Readonly<Record<AskedKind, string>> = {
  scmProvider: 'the API of a forge',
  pullRequest: 'the API of a forge',
  plugin: 'a plugin over HTTP',
  clusterDecisionResource: 'an object in its cluster',
};

/** Whether an entry, or one within its matrix or merge, is of such a kind. */
export function isAsking(entry: JsonObject): boolean {
  const inner = (['matrix', 'merge'] as const).flatMap((kind) => {
    const generator = entry[kind];
    const entries = isJsonObject(generator) ? generator['generators'] : null;
    return Array.isArray(entries) ? entries.filter(isJsonObject) : [];
  });
  return Object.keys(askedBy).some((kind) => isJsonObject(entry[kind])) || inner.some(isAsking);
}

/**
 * Parameters that Argo CD itself gives for one generator (Argo CD 3.5, applicationset/generators/scm_provider.go, pull_request.go,
 * plugin.go, duck_type.go): it generates a set of nothing else, whose template gives the parameters back as they are. Selectors,
 * `values` and what is around the generator are evaluated here, over the files of the side that is read.
 */
export async function askedParameters(
  kind: AskedKind,
  generator: JsonObject,
  pointer: string,
  context: GeneratorContext,
): Promise<readonly Parameters[]> {
  const { itself } = context.world;
  if (itself.kind === 'unasked') {
    const message = `the ${kind} generator asks ${askedBy[kind]}, which only Argo CD itself can do; ${itself.why}`;
    throw unknown(pointer, message, itself.fix);
  }
  if (kind === 'plugin' && context.usesGoTemplate && context.set.readsInput) {
    // Go writes it as the bytes of its JSON, and functions see an object that no JSON is.
    const message =
      'a Go template uses what the plugin was told (.generator), which is written here otherwise than there';
    throw unknown(pointer, message, 'Write the value itself instead.');
  }
  try {
    const applications = await itself.api.generate(questionOf(kind, generator, context), context.signal);
    const given = applications.map((one) => givenBack(one, kind, pointer));
    const sets = given.map((one) => convert[kind](one, context));
    const { values } = generator;
    return kind === 'clusterDecisionResource'
      ? withPlainValues(sets, values, context)
      : await withValues(sets, values, context);
  } catch (fault) {
    context.signal.throwIfAborted();
    throw fault instanceof FairleadError ? unknown(pointer, fault.message, fault.remedy) : fault;
  }
}

/** Under which the parameters come back. */
const annotation = 'fairlead.dev/parameters';

/** Named as the set, since a plugin hears the name, and of its project, since that is what rights are given for. */
function questionOf(kind: AskedKind, generator: JsonObject, { set }: GeneratorContext): JsonObject {
  const { template: _, values: __, requeueAfterSeconds: ___, ...asked } = generator;
  const metadata = { name: set.name, ...(set.namespace === null ? {} : { namespace: set.namespace }) };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata,
    spec: {
      goTemplate: true,
      generators: [{ [kind]: asked }],
      template: {
        metadata: { name: set.name, annotations: { [annotation]: '{{ toJson . }}' } },
        spec: { project: set.project, destination: {} },
      },
    },
  };
}

function givenBack(application: JsonObject, kind: AskedKind, pointer: string): Parameters {
  try {
    const parameters = parseJson(pickText(application, 'metadata', 'annotations', annotation) ?? '');
    if (isJsonObject(parameters)) return parameters;
  } catch {
    // Told below, like any other text that holds no parameters.
  }
  throw unknown(pointer, `Argo CD gave no parameters of the ${kind} generator that can be read`);
}

type Convert = (given: Parameters, context: Pick<GeneratorContext, 'usesGoTemplate'>) => Parameters;

/** What a set without Go templates is given instead. */
const convert: Readonly<Record<AskedKind, Convert>> = {
  scmProvider: (given) => given,
  clusterDecisionResource: (given) => given,
  pullRequest: ({ labels, ...given }, { usesGoTemplate }) =>
    usesGoTemplate ? { ...given, labels: labels ?? [] } : given,
  plugin: ({ generator, ...given }, { usesGoTemplate }) => {
    const own = usesGoTemplate ? given : asTexts(flatten(given));
    return { ...own, generator: generator ?? {} };
  },
};

function asTexts(values: JsonObject): Parameters {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, goText(value)]));
}

/** This one kind takes `values` as they are written. */
function withPlainValues(
  sets: readonly Parameters[],
  values: Json | undefined,
  { usesGoTemplate }: GeneratorContext,
): readonly Parameters[] {
  const entries = Object.entries(isJsonObject(values) ? values : {});
  if (entries.length === 0) return sets;
  const own = usesGoTemplate
    ? { values: Object.fromEntries(entries) }
    : Object.fromEntries(entries.map(([key, value]) => [`values.${key}`, value]));
  return sets.map((one) => ({ ...one, ...own }));
}
