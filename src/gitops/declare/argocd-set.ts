import {
  type ArgoDocument,
  argoGroup,
  findingOf,
  incomplete,
  invalid,
  type Problem,
} from '../../formats/argocd/document.ts';
import { Fields } from '../../formats/argocd/fields.ts';
import { fillEmpty, type Parameters } from '../../formats/argocd/parameters.ts';
import { patchTemplate } from '../../formats/argocd/template-patch.ts';
import { plainTemplates, renderDeep, TemplateError, textOf } from '../../formats/argocd/templates.ts';
import { canonicalJson } from '../../formats/json.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { isJsonObject, type JsonObject, pickText } from '../../model/json.ts';
import { SetFault } from './argocd-fault.ts';
import { type Generated, generate } from './argocd-generators.ts';
import { parseYaml } from './argocd-reading.ts';
import type { GeneratorContext } from './argocd-values.ts';
import type { ArgoWorld } from './argocd-world.ts';

/** What an ApplicationSet gives. */
export interface GeneratedApplications {
  /** Null where they cannot be told: Argo CD then leaves those there are as they are. */
  readonly documents: readonly ArgoDocument[] | null;
  readonly findings: readonly Finding[];
}

/**
 * The Applications of an ApplicationSet of argoproj.io/v1alpha1, as Argo CD 3.5 generates them. `strategy`, `preservedFields` and
 * `ignoreApplicationDifferences` change none of them. One fault of any generator or template means none at all, as with Argo CD.
 */
export async function generateApplications(
  document: ArgoDocument,
  world: ArgoWorld,
  signal: AbortSignal,
): Promise<GeneratedApplications> {
  const problems: Problem[] = [];
  const set = openSet(document, problems);
  if (set === null) return { documents: null, findings: problems.map((problem) => findingOf(document, problem)) };
  try {
    const objects = await generateAll(set, contextOf(set, world, signal));
    return keepUnique(document, objects);
  } catch (fault) {
    signal.throwIfAborted();
    return { documents: null, findings: [findingOf(document, problemOf(fault))] };
  }
}

interface OpenedSet {
  readonly name: string;
  readonly spec: Fields;
  readonly generators: readonly Fields[];
  readonly template: JsonObject;
  readonly namespace: string | null;
}

function openSet({ object, id }: ArgoDocument, problems: Problem[]): OpenedSet | null {
  const root = new Fields(object, [], problems);
  root.require('spec');
  if (id.name === '') problems.push(invalid('/metadata/name', 'metadata.name: Required value'));
  const spec = root.fields('spec');
  spec?.require('generators', 'template');
  const template = spec?.json('template') ?? null;
  const generators = spec?.items('generators') ?? [];
  if (spec === null || template === null || problems.length > 0) return null;
  return { spec, generators, template, name: id.name, namespace: id.namespace };
}

function contextOf(
  { spec, template, generators: _, ...named }: OpenedSet,
  world: ArgoWorld,
  signal: AbortSignal,
): GeneratorContext {
  const usesGoTemplate = spec.flag('goTemplate');
  const engine = usesGoTemplate ? world.goTemplates.engine(spec.texts('goTemplateOptions'), signal) : plainTemplates;
  const readsInput = /\{\{[^}]*\bgenerator\b/.test(canonicalJson(spec.value));
  return { usesGoTemplate, engine, set: { ...named, project: projectOf(template), readsInput }, world, signal };
}

/** Argo CD's API takes plain names only; where the template makes it, any will do that is there. */
function projectOf(template: JsonObject): string {
  const project = pickText(template, 'spec', 'project') ?? '';
  return project === '' || project.includes('{{') ? 'default' : project;
}

async function generateAll(set: OpenedSet, context: GeneratorContext): Promise<readonly JsonObject[]> {
  const objects: JsonObject[] = [];
  for (const entry of set.generators) {
    const place = { pointer: entry.pointer(), depth: 0, given: null };
    for (const generated of await generate(entry.value, place, context)) {
      objects.push(...(await renderSets({ set, entry: entry.value, generated }, context)));
      const { maxApplications } = context.world;
      if (objects.length <= maxApplications) continue;
      const message = `the ApplicationSet gives more than ${maxApplications} applications`;
      throw new SetFault(incomplete(entry.pointer(), message));
    }
  }
  return objects;
}

interface SetPart {
  readonly set: OpenedSet;
  readonly entry: JsonObject;
  readonly generated: Generated;
}

async function renderSets(
  { set, entry, generated }: SetPart,
  context: GeneratorContext,
): Promise<readonly JsonObject[]> {
  const { kind, sets } = generated;
  const generator = entry[kind];
  const own = isJsonObject(generator) ? generator['template'] : undefined;
  const template = applicationOf(isJsonObject(own) ? fillEmpty(own, set.template) : set.template);
  const filled = sets.filter((one) => Object.keys(one).length > 0);
  const bare = sets.filter((one) => Object.keys(one).length === 0);
  const rendered = (await renderDeep(template, filled, context.engine)).map((one) => withFinalizer(one, set.spec));
  // Without parameters Argo CD takes the template as it stands.
  const all = [...rendered, ...bare.map(() => template)];
  const patched = await patchAll(all, [...filled, ...bare], set, context);
  return patched.map((one) => inNamespace(one, set.namespace));
}

function applicationOf(template: JsonObject): JsonObject {
  const metadata = isJsonObject(template['metadata']) ? template['metadata'] : {};
  const kept = ['name', 'namespace', 'labels', 'annotations', 'finalizers'].flatMap((key) => {
    const value = metadata[key];
    return value === undefined || value === null ? [] : [[key, value] as const];
  });
  return {
    apiVersion: `${argoGroup}/v1alpha1`,
    kind: 'Application',
    metadata: Object.fromEntries(kept),
    spec: template['spec'] ?? {},
  };
}

function withFinalizer(application: JsonObject, spec: Fields): JsonObject {
  const metadata = isJsonObject(application['metadata']) ? application['metadata'] : {};
  const preserves = spec.fields('syncPolicy')?.flag('preserveResourcesOnDeletion') ?? false;
  const finalizers = metadata['finalizers'];
  if (preserves || (Array.isArray(finalizers) && finalizers.length > 0)) return application;
  return { ...application, metadata: { ...metadata, finalizers: ['resources-finalizer.argocd.argoproj.io'] } };
}

async function patchAll(
  applications: readonly JsonObject[],
  sets: readonly Parameters[],
  { spec }: OpenedSet,
  { engine }: GeneratorContext,
): Promise<readonly JsonObject[]> {
  if (!spec.has('templatePatch')) return applications;
  const template = spec.text('templatePatch');
  const rows = await engine.render([template], sets, { isStrict: false });
  return applications.map((application, index) => {
    const patch = readPatch(textOf(rows[index]?.[0], template), spec);
    try {
      return patchTemplate(application, patch);
    } catch (fault) {
      throw fault instanceof SyntaxError ? patchFault(spec, fault.message) : fault;
    }
  });
}

function readPatch(text: string, spec: Fields): JsonObject {
  try {
    const value = parseYaml(text) ?? {};
    if (isJsonObject(value)) return value;
    throw patchFault(spec, 'it is no object');
  } catch (fault) {
    throw fault instanceof FairleadError ? patchFault(spec, fault.message) : fault;
  }
}

function patchFault(spec: Fields, why: string): SetFault {
  return new SetFault(invalid(spec.pointer('templatePatch'), `error while applying templatePatch: ${why}`));
}

/** Always the set's own namespace, whatever the template says. */
function inNamespace(application: JsonObject, namespace: string | null): JsonObject {
  const { namespace: _, ...metadata } = isJsonObject(application['metadata']) ? application['metadata'] : {};
  return { ...application, metadata: namespace === null ? metadata : { ...metadata, namespace } };
}

function keepUnique(document: ArgoDocument, objects: readonly JsonObject[]): GeneratedApplications {
  const named = new Map<string, ArgoDocument>();
  const findings: Finding[] = [];
  for (const object of objects) {
    const name = pickText(object, 'metadata', 'name') ?? '';
    const id = { ...document.id, kind: 'Application', name };
    if (!named.has(name)) named.set(name, { id, object, source: document.source, lines: new Map(), random: [] });
    else {
      const message = `ApplicationSet ${document.id.name} contains applications with duplicate name: ${name}`;
      findings.push(findingOf(document, invalid('/spec/template/metadata/name', message)));
    }
  }
  return { documents: [...named.values()], findings };
}

function problemOf(fault: unknown): Problem {
  if (fault instanceof SetFault) return fault.problem;
  if (fault instanceof TemplateError) return invalid('/spec/template', fault.message);
  if (fault instanceof SyntaxError) return invalid('/spec/generators', fault.message);
  if (fault instanceof FairleadError) return incomplete('/spec/goTemplate', fault.message, fault.remedy);
  throw fault;
}
