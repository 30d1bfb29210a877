import type { ArgoCdKnowledge } from '../../model/argocd-knowledge.ts';
import type { DeclareQuestion } from '../../model/declare.ts';
import type { Declaration } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Renderer, RenderInputs } from '../../model/renderer.ts';
import type { Resource } from '../../model/resource.ts';
import type { Application, RendererName } from '../../model/target.ts';
import type { SourceFetchers } from '../../world/sources/fetchers.ts';
import type { GoTemplates } from './argocd-go-templates.ts';
import type { RecentArgoCd } from './argocd-itself.ts';
import type { Closures } from './closures.ts';
import type { LikelyFiles } from './likely-files.ts';

/** What declarations are read with. */
export interface DeclarerParts {
  readonly renderer: (name: RendererName) => Renderer;
  readonly fetchers: SourceFetchers;
  readonly goTemplates: GoTemplates;
  /** What renders depend on where no cluster says. */
  readonly inputs: () => Promise<RenderInputs>;
  /** What the Argo CD knows that deploys what is declared; null where it may not be read. */
  readonly knowledge: (() => Promise<ArgoCdKnowledge>) | null;
  /** Argo CD itself; null where its API is not named. */
  readonly argocd: RecentArgoCd | null;
  /** Hears of every rendered object: Secrets among them hold what must not show. */
  readonly learnSecret: (object: JsonObject) => void;
}

/** All that looking for declarations in one tree works with. */
export interface Declaring {
  readonly question: DeclareQuestion;
  readonly parts: DeclarerParts;
  readonly likely: LikelyFiles;
  readonly closures: Closures;
  /** The same for both sides of a change; null where it may not be read. */
  readonly knowledge: ArgoCdKnowledge | null;
}

/** A declared application as a renderer takes it, before it has a place among the others. */
export function applicationOf(declaration: Declaration, renderer: 'argocd' | 'flux'): Application {
  const { name } = declaration.application;
  return { name, root: '', renderer, environment: null, valuesFiles: [], inputs: [], declared: declaration };
}

/** Renders on the way to what is declared. Throws what the renderer throws. */
export async function renderOnTheWay(
  application: Application,
  { parts, question: { tree, treeAt, unfetched, lent } }: Declaring,
  signal: AbortSignal,
): Promise<readonly Resource[]> {
  const inputs: RenderInputs = {
    ...(await parts.inputs()),
    ...(treeAt === undefined ? {} : { treeAt }),
    ...(unfetched === undefined ? {} : { unfetched }),
    lent,
    releaseName: application.root.split('/').at(-1) || 'release',
  };
  const rendered = await parts.renderer(application.renderer).render(application, tree, inputs, signal);
  for (const { object } of rendered.resources) parts.learnSecret(object);
  return rendered.resources;
}

/** The same, null for what cannot be rendered: its review will say why. */
export async function renderQuietly(
  application: Application,
  declaring: Declaring,
  signal: AbortSignal,
): Promise<readonly Resource[] | null> {
  try {
    return await renderOnTheWay(application, declaring, signal);
  } catch (fault) {
    signal.throwIfAborted();
    if (!(fault instanceof FairleadError)) throw fault;
    return null;
  }
}
