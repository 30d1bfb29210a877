import type { FluxKustomization } from '../../formats/flux/kustomization.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { handlingOf, withCommonMetadata } from './flux-apply.ts';
import { artifactTree } from './flux-artifact.ts';
import { type SubstitutedResource, substituteVariables } from './flux-substitute.ts';
import type { FluxSubstituter } from './flux-substituter.ts';
import { fluxTree } from './flux-tree.ts';
import type { Variables } from './flux-variables.ts';

/** What building a Kustomization needs. */
export interface FluxRenderInput {
  /** The source's files, before its ignore rules. */
  readonly tree: Tree;
  /** `spec.ignore` of the source; null without. */
  readonly ignore: string | null;
  /** Renders the kustomization of a folder. Objects that name no namespace are given the namespace ''. */
  readonly kustomize: (root: string, tree: Tree, signal: AbortSignal) => Promise<readonly Resource[]>;
  readonly substituter: FluxSubstituter;
  readonly variables: Variables;
  /** Whether the controller runs with StrictPostBuildSubstitutions. */
  readonly isStrict: boolean;
}

/** What a Kustomization applies. */
export interface FluxRendered {
  readonly resources: readonly SubstitutedResource[];
  /** Built, and left alone as their own labels or annotations ask. */
  readonly ignored: readonly SubstitutedResource[];
  readonly findings: readonly Finding[];
}

/**
 * What the controller applies for a Kustomization: the build, variables, common metadata; without the labels that name the owner. Proven on the real kustomize-controller. Throws `FairleadError` where Flux would apply nothing.
 */
export async function renderFlux(
  kustomization: FluxKustomization,
  input: FluxRenderInput,
  signal: AbortSignal,
): Promise<FluxRendered> {
  const artifact = await artifactTree(input.tree, input.ignore, signal);
  const tree = await fluxTree(artifact, kustomization, signal);
  const rendered = await input.kustomize(kustomization.path, tree, signal);
  const substituted = await substituteVariables(rendered, { kustomization, ...input }, signal);
  const built = substituted.map((one) => ({
    ...one,
    resource: withCommonMetadata(one.resource, kustomization.commonMetadata),
  }));
  const isIgnored = ({ resource }: SubstitutedResource): boolean => handlingOf(resource.object) === 'ignore';
  const resources = built.filter((one) => !isIgnored(one));
  const homeless = resources.filter(({ resource }) => resource.id.namespace === '');
  return {
    resources,
    ignored: built.filter(isIgnored),
    findings: [
      ...input.variables.findings,
      ...homeless.map(({ resource }) => namespaceMissing(resource, kustomization)),
    ],
  };
}

/** "namespace not specified", says the controller, and applies nothing. */
function namespaceMissing(resource: Resource, { name }: FluxKustomization): Finding {
  return {
    rule: 'flux-namespace-missing',
    severity: 'block',
    target: null,
    resource: resource.id,
    file: resource.source?.file ?? null,
    line: resource.source?.line ?? null,
    message: `${resource.id.kind} ${resource.id.name} names no namespace, and Kustomization ${name} gives none: Flux would apply nothing.`,
    fix: 'Set metadata.namespace, or spec.targetNamespace of the Kustomization.',
  };
}
