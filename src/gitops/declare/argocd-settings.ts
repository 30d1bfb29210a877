import { type GlobalProject, readGlobalProjects } from '../../formats/argocd/settings.ts';
import { type ArgoCdOptions, type Learned, nothingKnown } from '../../model/argocd-knowledge.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { type Json, pickTexts } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { isTemplate } from './argocd-objects.ts';
import { parseYaml } from './argocd-reading.ts';
import { unread } from './argocd-unread.ts';
import type { Declaring } from './declaring.ts';
import { readObjects } from './written-objects.ts';

/** Settings of an Argo CD by the ConfigMaps they are in. */
export interface ArgoSettings {
  /** `argocd-cm`. */
  readonly settings: Learned<ArgoCdOptions>;
  /** `argocd-cmd-params-cm`. */
  readonly parameters: Learned<ArgoCdOptions>;
}

/** The settings of Argo CD: those of its ConfigMaps, and over them what the tree holds of these. */
export async function readSettings(declaring: Declaring, signal: AbortSignal): Promise<ArgoSettings> {
  const { question, likely, knowledge } = declaring;
  const { namespace, settings, parameters } = knowledge ?? nothingKnown;
  const files = [...likely.settings].filter(
    (path) => /\.(?:ya?ml|json)$/.test(path) && !isTemplate(path, question.tree),
  );
  const objects = (await readObjects(question.tree, files, signal)).filter(
    ({ id }) => id.kind === 'ConfigMap' && id.group === '' && (id.namespace === null || id.namespace === namespace),
  );
  const named = (name: string) => objects.filter(({ id }) => id.name === name);
  return {
    settings: laidOver(settings, named('argocd-cm'), question.built),
    parameters: laidOver(parameters, named('argocd-cmd-params-cm'), question.built),
  };
}

/** One in a file of its own is the whole; what a kustomization reads may be a patch, and is laid over the other. */
function laidOver(
  outside: Learned<ArgoCdOptions>,
  objects: readonly Resource[],
  built: ReadonlySet<string>,
): Learned<ArgoCdOptions> {
  const [first] = objects;
  if (first === undefined) return outside;
  const parts = objects.map(({ object }) => pickTexts(object, 'data'));
  const odd = Object.keys(Object.assign({}, ...parts)).find((key) => valuesOf(key, parts).size > 1);
  if (odd !== undefined) return outside.kind === 'known' ? outside : several(first.id.name, odd);
  const isWhole = objects.every(({ source }) => source !== null && !built.has(source.file));
  const below = outside.kind === 'known' && !isWhole ? outside.value : {};
  return { kind: 'known', value: Object.assign({}, below, ...parts) };
}

function valuesOf(key: string, parts: readonly ArgoCdOptions[]): ReadonlySet<string> {
  return new Set(parts.flatMap((part) => part[key] ?? []));
}

function several(name: string, key: string): Learned<never> {
  return {
    kind: 'unknown',
    why: `several ConfigMaps ${name} of the repository differ in ${key}`,
    remedy: 'Name this Argo CD under argocd in the file of the server.',
  };
}

/** Whether a switch is known to be on. */
export function isSet(options: Learned<ArgoCdOptions>, name: string): boolean {
  return options.kind === 'known' && options.value[name] === 'true';
}

/** That the settings an application is rendered with are not known. */
export function settingsUnread(application: DeclaredApplication, { settings }: ArgoSettings): readonly Finding[] {
  return settings.kind === 'known' ? [] : [unread(application, 'how settings of Argo CD have it rendered', settings)];
}

/** Projects that are laid over others; none where their list cannot be read, as with Argo CD. */
export function globalsOf({ settings }: ArgoSettings): readonly GlobalProject[] {
  const text = settings.kind === 'known' ? settings.value['globalProjects'] : undefined;
  return readGlobalProjects(text === undefined ? null : parsedOr(text, null));
}

/** A text of settings as YAML; `otherwise` where it is none. */
export function parsedOr(text: string, otherwise: Json): Json {
  try {
    return parseYaml(text);
  } catch (fault) {
    if (fault instanceof FairleadError) return otherwise;
    throw fault;
  }
}

/** What of the settings decides how an application is rendered, and what of it is applied. */
const deciding: ReadonlySet<string> = new Set([
  'helm.valuesFileSchemes',
  'kustomize.buildOptions',
  'reposerver.allow.oob.symlinks',
  'resource.exclusions',
  'resource.inclusions',
]);

/** These settings, as declarations carry them; null where `argocd-cm` is not known. */
export function decidingOf({ settings, parameters }: ArgoSettings): ArgoCdOptions | null {
  if (settings.kind === 'unknown') return null;
  const all = { ...(parameters.kind === 'known' ? parameters.value : {}), ...settings.value };
  return Object.fromEntries(Object.entries(all).filter(([key]) => deciding.has(key)));
}
