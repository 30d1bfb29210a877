import { dryPlaceOf, readArgoApplication } from '../../formats/argocd/application.ts';
import { type ArgoDocument, isArgoObject } from '../../formats/argocd/document.ts';
import { type DeclaredApplication, isReference } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource, Source } from '../../model/resource.ts';
import { argoObjectsOf } from './argocd-objects.ts';
import { type Overridden, overrideFromTree, type SourceFiles } from './argocd-overrides.ts';
import { readingOf } from './argocd-reading.ts';
import { generateApplications } from './argocd-set.ts';
import type { ArgoWorld } from './argocd-world.ts';
import { ownHints } from './hints.ts';

/** What objects of Argo CD declare. */
export interface Declared {
  readonly applications: readonly DeclaredApplication[];
  /** Rule `argocd-invalid`: Argo CD would refuse it; `argocd-incomplete`: it cannot be told here, and the verdict is incomplete. */
  readonly findings: readonly Finding[];
  /**
   * Objects whose applications cannot be told, such as `ApplicationSet teams`. Argo CD leaves those it has as they are, so none
   * that the other side declares by them is a deletion.
   */
  readonly unknown: readonly string[];
}

/** Where objects come from. */
export interface Origin {
  /** As `DeclaredApplication.via`. */
  readonly via: readonly string[];
  /** Where rendered objects count as written when their own place is not known. */
  readonly declaredAt: Source | null;
}

/** How people and `via` name an object that declares applications. */
export function nameOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

/** What the Applications and ApplicationSets among objects declare: one level, without what these applications render in turn. */
export async function declareArgo(
  resources: readonly Resource[],
  { via, declaredAt }: Origin,
  world: ArgoWorld,
  signal: AbortSignal,
): Promise<Declared> {
  const parts: Declared[] = [];
  for (const resource of argoObjectsOf(resources)) {
    const source = resource.source ?? declaredAt;
    if (source === null) continue;
    const document = { ...resource, source };
    const isSet = isArgoObject(document, 'ApplicationSet');
    parts.push(isSet ? await declareSet(document, via, world, signal) : await declareOne(document, via, world, signal));
  }
  return join(parts);
}

/** Several parts as one. */
export function join(parts: readonly Declared[]): Declared {
  return {
    applications: parts.flatMap(({ applications }) => applications),
    findings: parts.flatMap(({ findings }) => findings),
    unknown: parts.flatMap(({ unknown }) => unknown),
  };
}

async function declareSet(
  document: ArgoDocument,
  via: readonly string[],
  world: ArgoWorld,
  signal: AbortSignal,
): Promise<Declared> {
  const name = nameOf(document.id);
  const { documents, findings } = await generateApplications(document, world, signal);
  if (documents === null) return { applications: [], findings, unknown: [name] };
  const parts: Declared[] = [];
  for (const one of documents) parts.push(await declareOne(one, [...via, name], world, signal));
  return join([{ applications: [], findings, unknown: [] }, ...parts]);
}

async function declareOne(
  document: ArgoDocument,
  via: readonly string[],
  world: ArgoWorld,
  signal: AbortSignal,
): Promise<Declared> {
  const hydrator = await hydratorSide(document, world, signal);
  const reading = readArgoApplication(document, readingOf(world, hydrator));
  const findings = [...reading.findings];
  let { application } = reading;
  for (const index of (application?.sources ?? []).keys()) {
    if (application === null) break;
    const changed = await lookAtFiles({ application, document }, { index, hydrator }, world, signal);
    findings.push(...changed.findings);
    application = changed.application;
  }
  if (application === null) return { applications: [], findings, unknown: [nameOf(document.id)] };
  return { applications: [{ ...application, via, hints: ownHints(application) }], findings, unknown: [] };
}

/** Where the dry files are at hand it is they that are reviewed; else what the hydrator wrote. */
async function hydratorSide(document: ArgoDocument, world: ArgoWorld, signal: AbortSignal): Promise<'dry' | 'sync'> {
  const dry = dryPlaceOf(document);
  return dry?.kind === 'git' && (await world.treeOf(dry, signal)) !== null ? 'dry' : 'sync';
}

/** Overrides of a source whose files are at hand. A `ref` without a folder has none. */
async function lookAtFiles(
  declared: { readonly application: DeclaredApplication; readonly document: ArgoDocument },
  { index, hydrator }: Pick<SourceFiles, 'index' | 'hydrator'>,
  world: ArgoWorld,
  signal: AbortSignal,
): Promise<Overridden> {
  const unchanged = { application: declared.application, findings: [] };
  const source = declared.application.sources[index];
  if (source?.place.kind !== 'git' || isReference(source)) return unchanged;
  const tree = await world.treeOf(source.place, signal);
  if (tree === null) return unchanged;
  return overrideFromTree(declared, { index, tree, folder: source.place.path, hydrator }, world, signal);
}
