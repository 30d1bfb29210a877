import { type FluxHelmRelease, isFluxHelmRelease, readFluxHelmRelease } from '../../formats/flux/helm-release.ts';
import {
  type FluxKustomization,
  isFluxKustomization,
  readFluxKustomization,
} from '../../formats/flux/kustomization.ts';
import type { FluxReference } from '../../formats/flux/reference.ts';
import { formatReference } from '../../formats/flux/reference.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { type Above, declareHelmRelease, declareKustomization } from './flux-declared.ts';
import { cycle, judgeDependencies, sourceMissing, suspended, unknownChildren, unseen } from './flux-findings.ts';
import { lookupAmong } from './flux-lookup.ts';
import { findRoots, readFluxObjects } from './flux-roots.ts';
import { type FluxOwn, type FluxSource, type FluxSources, resolveSources } from './flux-sources.ts';
import { type ComposedValues, composeValues } from './flux-values.ts';
import { gatherVariables, type Lookup, type Variables } from './flux-variables.ts';

/** What the loop over nested Kustomizations needs. */
export interface DeclareFluxInput {
  /** Files that may hold objects of Flux. */
  readonly likely: ReadonlySet<string>;
  readonly own: FluxOwn;
  /**
   * What a Kustomization of this repository applies (`renderFlux`). `lookup` finds ConfigMaps and Secrets that were rendered before, and
   * then asks the one below.
   */
  readonly renderChildren: (
    kustomization: FluxKustomization,
    from: { readonly source: FluxSource; readonly lookup: Lookup },
    signal: AbortSignal,
  ) => Promise<readonly Resource[]>;
  /** For ConfigMaps and Secrets that no Kustomization of the tree applies. */
  readonly lookup: Lookup;
}

/** An application of Flux. */
export interface FluxApplication {
  readonly declared: DeclaredApplication;
  readonly spec: FluxKustomization | FluxHelmRelease;
  /** Where its files are, or its chart; null where there is no such source. */
  readonly source: FluxSource | null;
  /** A Kustomization's, from all that its cluster applies. */
  readonly variables: Variables | null;
  /** A HelmRelease's. */
  readonly composed: ComposedValues | null;
}

/** What the objects of Flux in a tree declare. */
export interface FluxDeclared {
  readonly applications: readonly FluxApplication[];
  readonly findings: readonly Finding[];
  /** Kustomizations that cannot be built: what they declare is not known. */
  readonly unknown: readonly string[];
}

/**
 * Everything that the Kustomizations and HelmReleases of a tree declare, nested ones included: each root is a cluster of its own, in which
 * what is rendered is looked through for more. A Kustomization that applies itself is how Flux is set up; a longer circle is a finding, and
 * followed once. Those of another repository or branch are listed and not looked into.
 */
export async function declareFlux(tree: Tree, input: DeclareFluxInput, signal: AbortSignal): Promise<FluxDeclared> {
  const objects = await readFluxObjects(tree, input.likely, signal);
  const sources = resolveSources(objects, input.own);
  const roots = await findRoots(tree, { objects, sources }, signal);
  const found: FluxDeclared[] = [];
  for (const root of roots) found.push(await declareRoot(root, { ...input, objects }, signal));
  return {
    applications: found.flatMap(({ applications }) => applications),
    findings: [...sources.findings, ...found.flatMap(({ findings }) => findings)],
    unknown: found.flatMap(({ unknown }) => unknown),
  };
}

/** The same for one object that is applied by other means, with the objects of Flux that are known beside what it renders. */
export async function declareRoot(
  root: Resource,
  input: DeclareFluxInput & { readonly objects: readonly Resource[] },
  signal: AbortSignal,
): Promise<FluxDeclared> {
  const cluster = new Cluster(input);
  await cluster.add(root, signal);
  return cluster.declared();
}

/** More than any cluster holds: what goes on for longer makes its own children. */
const maxApplications = 5_000;

interface Nested {
  readonly kustomization: FluxKustomization;
  readonly above: Above;
}

/** What one root brings about. */
class Cluster {
  readonly #input: DeclareFluxInput & { readonly objects: readonly Resource[] };
  readonly #resources: Resource[] = [];
  readonly #waiting: Nested[] = [];
  readonly #seen = new Set<string>();
  readonly #applications: FluxApplication[] = [];
  readonly #releases: { readonly release: FluxHelmRelease; readonly above: Above }[] = [];
  readonly #opened: (Nested & { readonly source: FluxSource | null })[] = [];
  readonly #findings: Finding[] = [];
  readonly #unknown: string[] = [];
  /** The sources among so many resources. */
  #known: { readonly count: number; readonly sources: FluxSources } | null = null;

  constructor(input: DeclareFluxInput & { readonly objects: readonly Resource[] }) {
    this.#input = input;
  }

  async add(root: Resource, signal: AbortSignal): Promise<void> {
    this.#take(root, { via: [], hints: [] });
    for (let next = this.#next(); next !== null; next = this.#next()) await this.#open(next, signal);
    // Sources, variables and values may be applied by any Kustomization, so they are looked up last.
    for (const opened of this.#opened) await this.#declare(opened);
    for (const { release, above } of this.#releases) await this.#release(release, above);
  }

  declared(): FluxDeclared {
    const specs = this.#applications.map(({ spec }) => spec);
    return {
      applications: this.#applications,
      findings: [...this.#findings, ...judgeDependencies(specs, this.#input.objects)],
      unknown: this.#unknown,
    };
  }

  #take(resource: Resource, above: Above): void {
    if (isFluxKustomization(resource)) this.#takeKustomization(resource, above);
    else if (isFluxHelmRelease(resource)) this.#takeRelease(resource, above);
  }

  #takeKustomization(resource: Resource, above: Above): void {
    const title = titleOf(resource);
    const { via } = above;
    if (via.includes(title) && via.at(-1) !== title) this.#findings.push(cycle(resource, [...via, title]));
    if (!this.#isNew(title)) return;
    const read = readFluxKustomization(resource);
    if ('kind' in read) this.#waiting.push({ kustomization: read, above });
    else this.#findings.push(...read);
  }

  #takeRelease(resource: Resource, above: Above): void {
    if (!this.#isNew(titleOf(resource))) return;
    const read = readFluxHelmRelease(resource);
    if ('kind' in read) this.#releases.push({ release: read, above });
    else this.#findings.push(...read);
  }

  #isNew(title: string): boolean {
    if (this.#seen.has(title) || this.#seen.size >= maxApplications) return false;
    this.#seen.add(title);
    return true;
  }

  /** One whose dependencies are done first: what they apply may hold its variables. */
  #next(): Nested | null {
    const names = new Set(this.#waiting.map(({ kustomization }) => titleOf(kustomization.resource)));
    const ready = this.#waiting.findIndex(({ kustomization }) =>
      kustomization.dependsOn.every((one) => !names.has(formatReference({ kind: 'Kustomization', ...one }))),
    );
    return this.#waiting.splice(Math.max(ready, 0), 1)[0] ?? null;
  }

  async #open({ kustomization, above }: Nested, signal: AbortSignal): Promise<void> {
    const source = this.#find(kustomization, kustomization.source);
    this.#opened.push({ kustomization, above, source });
    if (source?.followsReview !== true) return;
    const { hints } = declareKustomization(kustomization, source, above);
    const { resource } = kustomization;
    const viaFiles = [...(above.viaFiles ?? []), ...(resource.source === null ? [] : [resource.source.file])];
    const below = { via: [...above.via, titleOf(resource)], viaFiles, hints };
    for (const child of await this.#render(kustomization, source, signal)) {
      this.#resources.push(child);
      this.#take(child, below);
    }
  }

  async #declare({ kustomization, above, source }: Nested & { readonly source: FluxSource | null }): Promise<void> {
    const declared = declareKustomization(kustomization, source, above);
    const variables = await gatherVariables(kustomization, this.#lookup());
    this.#applications.push({ declared, spec: kustomization, source, variables, composed: null });
  }

  async #render(
    kustomization: FluxKustomization,
    source: FluxSource,
    signal: AbortSignal,
  ): Promise<readonly Resource[]> {
    try {
      return await this.#input.renderChildren(kustomization, { source, lookup: this.#lookup() }, signal);
    } catch (fault) {
      if (!(fault instanceof FairleadError)) throw fault;
      this.#findings.push(unknownChildren(kustomization, fault));
      this.#unknown.push(titleOf(kustomization.resource));
      return [];
    }
  }

  async #release(release: FluxHelmRelease, above: Above): Promise<void> {
    const { chart } = release;
    const source = this.#find(release, chart.kind === 'template' ? chart.source : chart.reference);
    const composed = await composeValues(release, this.#lookup());
    this.#findings.push(...composed.findings);
    const declared = declareHelmRelease(release, { sources: this.#sources(), composed }, above);
    this.#applications.push({ declared, spec: release, source, variables: null, composed });
  }

  /** The source an object names; a finding when it is missing, and one when the object is suspended. */
  #find(owner: FluxKustomization | FluxHelmRelease, reference: FluxReference): FluxSource | null {
    if (owner.isSuspended) this.#findings.push(suspended(owner));
    const source = this.#sources().find(reference);
    if (source === null) this.#findings.push(sourceMissing(owner, reference));
    this.#findings.push(...unseen(owner, source));
    return source;
  }

  /** What this cluster's Kustomizations apply comes before what is written elsewhere in the tree. */
  #sources(): FluxSources {
    if (this.#known?.count !== this.#resources.length) {
      const sources = resolveSources([...this.#input.objects, ...this.#resources], this.#input.own);
      this.#known = { count: this.#resources.length, sources };
    }
    return this.#known.sources;
  }

  #lookup(): Lookup {
    return lookupAmong(this.#resources, this.#input.lookup);
  }
}

function titleOf({ id }: Resource): string {
  return formatReference({ kind: id.kind, namespace: id.namespace ?? '', name: id.name });
}
