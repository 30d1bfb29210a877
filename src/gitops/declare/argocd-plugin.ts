import type { ArgoCdApi, ManifestsQuestion } from '../../model/argocd-api.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import { BorderError, FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rendered, Renderer, RenderInputs } from '../../model/renderer.ts';
import type { Tree } from '../../model/tree.ts';
import { argoCdItself } from './argocd-itself.ts';
import { unlike } from './argocd-live.ts';
import { hiddenValues, withoutTracking } from './argocd-manifests.ts';
import { notAsked, otherThanLive } from './argocd-refusals.ts';
import { declarationOf } from './declaration-of.ts';
import type { DeclaredRender } from './declared-sources.ts';
import { renderPlaced } from './placed.ts';
import { manifestText, textTree } from './text-tree.ts';

/** What asking Argo CD for manifests takes. */
export interface PluginParts {
  readonly argocd: ArgoCdApi | null;
  /** Reads what Argo CD answers. */
  readonly plain: Renderer;
}

/** The plugin that renders an application; null where none is named. */
export function pluginOf({ sources }: DeclaredApplication): string | null {
  return sources.find(({ plugin }) => plugin !== null)?.plugin ?? null;
}

/**
 * An application with a config-management plugin, as Argo CD itself renders it at the commit of the side: its live Application, which must
 * be what the tree declares. Throws `FairleadError` with the place of the declaration: `refused` where Argo CD is not asked or would
 * render something else, else what asking throws.
 */
export async function renderByArgoCd(job: DeclaredRender, parts: PluginParts, signal: AbortSignal): Promise<Rendered> {
  const { application, tree, inputs } = job;
  const { application: declared, origins } = declarationOf(application);
  const { declaredAt } = declared;
  const itself = argoCdItself(parts.argocd, inputs.unfetched);
  const refuse = (why: Parameters<typeof notAsked>[1]) => notAsked(pluginOf(declared) ?? '', why, declaredAt);
  if (itself.kind === 'unasked') throw refuse(itself);
  if (origins.includes('lent')) throw refuse(lentFiles);
  const { commit } = inputs;
  if (commit === undefined) throw refuse(noCommit);
  try {
    const live = await itself.api.application(liveOf(declared), signal);
    const other = unlike(declared, live, ownSources(job));
    if (other !== null) throw otherThanLive(declared.name, other, declaredAt);
    const objects = await itself.api.manifests(questionOf(job, commit), signal);
    const rendered = await readManifests(
      objects.map((one) => withoutTracking(one, declared)),
      job,
      parts,
      signal,
    );
    const isExact = tree.id === commit || (await holdsSame(tree, inputs, commit, signal));
    return isExact ? rendered : { ...rendered, findings: [...rendered.findings, ofHead(declared, commit)] };
  } catch (fault) {
    throw fault instanceof BorderError ? placed(fault, declared) : fault;
  }
}

const noCommit = {
  why: 'there is no commit that it could get',
  fix: 'Review commits that are pushed to the repository: fairlead review BASE..HEAD.',
};

/** Argo CD would read the branch there, without the pull. */
const lentFiles = {
  why: 'it takes files of the repository that changes, which Argo CD would get without the change',
  fix: 'Look at the change in Argo CD once it is merged.',
};

function liveOf({ name, namespace, project }: DeclaredApplication) {
  return { name, namespace, project: project ?? 'default' };
}

/** Indexes of the sources that are the tree itself: they are rendered at its commit, all others where they say. */
function ownSources({ application }: DeclaredRender): ReadonlySet<number> {
  const { origins } = declarationOf(application);
  return new Set(origins.flatMap((origin, index) => (origin === 'tree' ? [index] : [])));
}

function questionOf(job: DeclaredRender, commit: string): ManifestsQuestion {
  const { application: declared } = declarationOf(job.application);
  const own = [...ownSources(job)];
  const revisions = own.map(() => commit);
  const hasMany = Array.isArray(declaredSources(declared));
  return { ...liveOf(declared), revisions, positions: hasMany ? own.map((index) => index + 1) : null };
}

function declaredSources({ object }: DeclaredApplication): unknown {
  const { spec } = object;
  return typeof spec === 'object' && spec !== null && 'sources' in spec ? spec.sources : null;
}

/** Everything is told of the declaration: nobody can open what a plugin made. */
function readManifests(
  objects: Parameters<typeof manifestText>[0],
  { application, inputs }: DeclaredRender,
  { plain }: PluginParts,
  signal: AbortSignal,
): Promise<Rendered> {
  const { application: declared } = declarationOf(application);
  const tree = textTree('argocd', { 'manifests.yaml': manifestText(objects) });
  const folder = { ...application, root: '', renderer: 'plain', valuesFiles: [], inputs: ['manifests.yaml'] } as const;
  const own = { ...inputs, namespace: declared.destination.namespace ?? inputs.namespace };
  return renderPlaced({ opened: { isHere: false }, declaredAt: declared.declaredAt }, async () => {
    if (objects.length === 0) return { resources: [], hooks: [], findings: [] };
    const rendered = await plain.render(folder, tree, own, signal);
    return { ...rendered, resources: rendered.resources.map(hiddenValues) };
  });
}

/** Whether a commit has exactly the files of a tree, as a head has those of its merge where nothing else was merged since. */
async function holdsSame(tree: Tree, { treeAt }: RenderInputs, commit: string, signal: AbortSignal): Promise<boolean> {
  const own = treeAt === undefined ? null : await treeAt(commit, signal);
  if (own === null || own.entries.length !== tree.entries.length) return false;
  return own.entries.every(({ path, oid, mode }, index) => {
    const other = tree.entries[index];
    return other?.path === path && other.oid === oid && other.mode === mode;
  });
}

function ofHead({ name, declaredAt }: DeclaredApplication, commit: string): Finding {
  return {
    rule: 'argocd-plugin',
    severity: 'note',
    target: null,
    resource: null,
    file: declaredAt.file,
    line: declaredAt.line,
    message: `Argo CD rendered ${name} at ${commit.slice(0, 7)} itself, without what the base got since; a difference may be of that.`,
    fix: 'Merge the base into the branch to see the merge.',
  };
}

function placed(fault: BorderError, { declaredAt: { file, line } }: DeclaredApplication): FairleadError {
  const { code, message, remedy } = fault;
  return new FairleadError({ code, message, remedy, subject: `${file}:${line}`, cause: fault });
}
