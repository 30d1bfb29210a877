import type { FluxKustomization } from '../../formats/flux/kustomization.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { handlingOf, withCommonMetadata } from './flux-apply.ts';
import { artifactTree } from './flux-artifact.ts';
import { type SubstitutedResource, substituteVariables } from './flux-substitute.ts';
import type { FluxSubstituter } from './flux-substituter.ts';
import { fluxTree } from './flux-tree.ts';
import { gatherVariables, type Lookup } from './flux-variables.ts';

/** What building a Kustomization needs. */
export interface FluxRenderInput {
  /** The source's files, before its ignore rules. */
  readonly tree: Tree;
  /** `spec.ignore` of the source; null without. */
  readonly ignore: string | null;
  /** Renders the kustomization of a folder, objects without a namespace put into `default`. */
  readonly kustomize: (root: string, tree: Tree, signal: AbortSignal) => Promise<readonly Resource[]>;
  readonly substituter: FluxSubstituter;
  readonly lookup: Lookup;
  /** Whether the controller runs with StrictPostBuildSubstitutions. */
  readonly isStrict: boolean;
}

/** What a Kustomization applies. */
export interface FluxRendered {
  readonly resources: readonly SubstitutedResource[];
  readonly findings: readonly Finding[];
}

/**
 * What the controller applies for a Kustomization: the build, variables, common metadata, without objects it is told to leave alone and
 * without the labels that name their owner. Proven on the real kustomize-controller. Throws `FairleadError` where Flux would apply nothing.
 */
export async function renderFlux(
  kustomization: FluxKustomization,
  input: FluxRenderInput,
  signal: AbortSignal,
): Promise<FluxRendered> {
  const artifact = await artifactTree(input.tree, input.ignore, signal);
  const tree = await fluxTree(artifact, kustomization, signal);
  const rendered = await input.kustomize(kustomization.path, tree, signal);
  const variables = await gatherVariables(kustomization, input.lookup);
  const substituted = await substituteVariables(rendered, { kustomization, variables, ...input }, signal);
  const resources = substituted
    .filter(({ resource }) => handlingOf(resource.object) !== 'ignore')
    .map((one) => ({ ...one, resource: withCommonMetadata(one.resource, kustomization.commonMetadata) }));
  return { resources, findings: variables.findings };
}
