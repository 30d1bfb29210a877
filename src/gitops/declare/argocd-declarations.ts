import type { ClusterSecret } from '../../formats/argocd/cluster-secret.ts';
import { follows } from '../../formats/repository-url.ts';
import { nothingKnown } from '../../model/argocd-knowledge.ts';
import type { DeclareQuestion } from '../../model/declare.ts';
import {
  type Declaration,
  type Declarations,
  type DeclaredApplication,
  type DeclaredSource,
  isReference,
} from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import { sourceFetchersFor } from '../../world/sources/fetchers.ts';
import { withLent } from '../../world/sources/lent.ts';
import { declareAll } from './argocd-all.ts';
import { clustersOf, readClusters } from './argocd-clusters.ts';
import { placeOf } from './argocd-destination.ts';
import { argoCdItself } from './argocd-itself.ts';
import { type Projects, projectOf, readProjects } from './argocd-project-lookup.ts';
import { judgeApplication, missingProject } from './argocd-projects.ts';
import { type ArgoSettings, decidingOf, globalsOf, isSet, readSettings, settingsUnread } from './argocd-settings.ts';
import type { ArgoWorld } from './argocd-world.ts';
import { applicationOf, type Declaring, renderQuietly } from './declaring.ts';
import { helmOfArgoCd } from './installed-helm.ts';
import { originOf } from './source-origin.ts';

/** As many applications as one ApplicationSet may give. */
const maxApplications = 10_000;

/** What the Applications and ApplicationSets of a tree declare. */
export async function declareArgoOf(declaring: Declaring, signal: AbortSignal): Promise<Declarations> {
  const { question, likely } = declaring;
  const files = { likely: likely.argo, built: question.built };
  const renderChildren = (application: DeclaredApplication) => childrenOf(application, declaring, signal);
  const roots = await bootstrapped(declaring, signal);
  const settings = await readSettings(declaring, signal);
  const known = { outside: declaring.knowledge?.projects ?? null, globals: globalsOf(settings) };
  const projects = await readProjects(question.tree, { likely: likely.projects, ...known }, signal);
  const clusterSecrets = await readClusters(declaring, roots, signal);
  const world = await worldOf(declaring, clusterSecrets, settings);
  const deciding = decidingOf(settings);
  const base = { ...(deciding === null ? {} : { settings: deciding }), ...(await helmOfArgoCd(declaring, signal)) };
  const { applications, findings, unknown } = await declareAll(
    question.tree,
    { files, world, roots, renderChildren },
    signal,
  );
  const isAsked = declaring.knowledge !== null;
  const knows = { projects, clusters: world.clusters, settings: isAsked ? settings : null };
  const judged = applications.map((application) => judge(application, knows));
  return {
    declared: judged.map(({ application, known }) => ({
      ...declarationFor(application, question),
      ...base,
      ...known,
    })),
    findings: [...findings, ...judged.flatMap(({ findings: own }) => own)],
    unknown,
    isPassing: isAsked || declaring.parts.argocd !== null,
    clusterSecrets,
  };
}

interface Judged {
  readonly application: DeclaredApplication;
  /** What of its cluster and project is known. */
  readonly known: Pick<Declaration, 'restrictions' | 'place' | 'untold'>;
  readonly findings: readonly Finding[];
}

interface Knows extends Pick<ArgoWorld, 'clusters'> {
  readonly projects: Projects;
  /** Null where Argo CD is not asked. */
  readonly settings: ArgoSettings | null;
}

function judge(application: DeclaredApplication, { projects, clusters, settings }: Knows): Judged {
  const place = placeOf(application.destination, clusters);
  const found = projectOf(application, projects);
  const unread = [
    ...(found.kind === 'untold' ? found.findings : []),
    ...(settings === null ? [] : settingsUnread(application, settings)),
  ];
  const [first] = unread;
  const known = { ...(place === null ? {} : { place }), ...(first === undefined ? {} : { untold: first.message }) };
  if (found.kind === 'untold') return { application, known, findings: unread };
  if (found.kind === 'missing') return { application, known, findings: [...unread, missingProject(application)] };
  const { spec } = found.project;
  const refused = judgeApplication(application, { spec, place, clusters });
  return { application, known: { ...known, restrictions: spec }, findings: [...unread, ...refused] };
}

function declarationFor(application: DeclaredApplication, question: DeclareQuestion): Declaration {
  const origins = application.sources.map(({ place }) => originOf(place, question.tree, question));
  return { application, origins, build: null, dummies: [] };
}

async function worldOf(
  { question, parts, knowledge }: Declaring,
  clusterSecrets: readonly ClusterSecret[],
  { parameters }: ArgoSettings,
): Promise<ArgoWorld> {
  const { tree, own, treeAt, unfetched, lent } = question;
  const { fetchGit } = withLent(sourceFetchersFor(parts.fetchers, unfetched), lent);
  const treeOf: ArgoWorld['treeOf'] = async ({ url, revision }, signal) => {
    const origin = originOf({ kind: 'git', url, revision, path: '' }, tree, question);
    if (origin === 'tree') return tree;
    if (origin === 'lent') return lent?.tree ?? null;
    return origin === 'repository' && treeAt !== undefined ? treeAt(revision, signal) : null;
  };
  const { told = [], before = async () => [] } = question;
  const clusters = await clustersOf({ outside: knowledge?.clusters ?? null, told, tree: clusterSecrets, before });
  return {
    controllerNamespace: (knowledge ?? nothingKnown).namespace,
    treeOf,
    fetchTree: async (place, signal) => {
      const atHand = await treeOf(place, signal);
      return atHand ?? (fetchGit === null ? null : (await fetchGit(place, signal)).tree);
    },
    revisionOf: (place) => {
      if (originOf(place, tree, question) === 'lent') return lent?.tree.id ?? revisionIn(place);
      return place.kind === 'git' && follows(place.revision, own) ? tree.id : revisionIn(place);
    },
    clusters,
    itself: argoCdItself(parts.argocd, unfetched),
    goTemplates: parts.goTemplates,
    fileGlobbing: isSet(parameters, 'applicationsetcontroller.enable.new.git.file.globbing')
      ? 'doublestar'
      : 'pathspec',
    maxApplications,
  };
}

function revisionIn(place: Parameters<ArgoWorld['revisionOf']>[0]): string {
  return place.kind === 'chart' ? place.version : place.revision;
}

/** What kustomizations and charts render that may hold Applications, and kustomizations with cluster Secrets, whoever applies them. */
async function bootstrapped(declaring: Declaring, signal: AbortSignal): Promise<readonly Resource[]> {
  const { question, likely, closures } = declaring;
  const wanted = question.found.filter(
    ({ renderer, inputs }) =>
      renderer !== 'plain' &&
      (closures.reads(inputs, likely.argo) || (renderer === 'kustomize' && closures.reads(inputs, likely.clusters))),
  );
  const rendered: Resource[] = [];
  for (const application of wanted) {
    const resources = await renderQuietly(application, declaring, signal);
    rendered.push(...(resources ?? []).map((resource) => placed(resource, application)));
  }
  return rendered;
}

/** Somewhere to point at. */
function placed(resource: Resource, { root, inputs }: Application): Resource {
  const file = inputs.find((input) => !input.endsWith('/')) ?? `${root}/Chart.yaml`;
  return { ...resource, source: resource.source ?? { file, line: 1 } };
}

/** What an application renders, where its files may hold Applications; else nothing. Null where it cannot be rendered. */
async function childrenOf(
  application: DeclaredApplication,
  declaring: Declaring,
  signal: AbortSignal,
): Promise<readonly Resource[] | null> {
  const declaration = declarationFor(application, declaring.question);
  if (!(await mayDeclare(declaration, declaring, signal))) return [];
  return renderQuietly(applicationOf(declaration, 'argocd'), declaring, signal);
}

async function mayDeclare(
  { application, origins }: Declaration,
  declaring: Declaring,
  signal: AbortSignal,
): Promise<boolean> {
  for (const [index, source] of application.sources.entries()) {
    // The chart whose only purpose it is.
    if (source.place.kind === 'chart' && source.place.name.endsWith('argocd-apps')) return true;
    if (origins[index] === 'tree' && (await mayHold(source, declaring, signal))) return true;
  }
  return false;
}

/** Whether its folder, what is built of that, or a values file of that name may hold Applications. */
async function mayHold(source: DeclaredSource, { closures, likely }: Declaring, signal: AbortSignal): Promise<boolean> {
  const { place, helm } = source;
  if (place.kind !== 'git') return false;
  if (!isReference(source) && (await closures.holds(place.path, likely.argo, signal))) return true;
  const names = namesOf(likely.argo);
  return (helm?.valuesFiles ?? []).some((file) => names.has(baseOf(file)));
}

/** A thousand applications ask of one set. */
const known = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

function namesOf(files: ReadonlySet<string>): ReadonlySet<string> {
  const names = known.get(files) ?? new Set([...files].map(baseOf));
  known.set(files, names);
  return names;
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
