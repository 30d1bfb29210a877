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
import { declareHelmRelease, declareKustomization } from './flux-declared.ts';
import { cycle, judgeDependencies, sourceMissing, suspended, unknownChildren, unseen } from './flux-findings.ts';
import { lookupAmong } from './flux-lookup.ts';
import { findRoots, readFluxObjects } from './flux-roots.ts';
import { type FluxSource, type FluxSources, type OwnRepository, resolveSources } from './flux-sources.ts';
import { type ComposedValues, composeValues } from './flux-values.ts';
import type { Lookup } from './flux-variables.ts';

/** What the loop over nested Kustomizations needs. */
export interface DeclareFluxInput {
  readonly own: OwnRepository;
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
  /** Where a Kustomization's files are; null for a HelmRelease and where there is no such source. */
  readonly source: FluxSource | null;
  /** A HelmRelease's. */
  readonly composed: ComposedValues | null;
}

/** What the objects of Flux in a tree declare. */
export interface FluxDeclared {
  readonly applications: readonly FluxApplication[];
  readonly findings: readonly Finding[];
}

/**
 * Everything that the Kustomizations and HelmReleases of a tree declare, nested ones included: each root is a cluster of its own, in which
 * what is rendered is looked through for more. A Kustomization that applies itself is how Flux is set up; a longer circle is a finding, and
 * followed once. Those of another repository or branch are listed and not looked into.
 */
export async function declareFlux(tree: Tree, input: DeclareFluxInput, signal: AbortSignal): Promise<FluxDeclared> {
  const objects = await readFluxObjects(tree, signal);
  const sources = resolveSources(objects, input.own);
  const roots = await findRoots(tree, { objects, sources }, signal);
  const found: FluxDeclared[] = [];
  for (const root of roots) found.push(await declareRoot(root, { ...input, objects }, signal));
  return {
    applications: found.flatMap(({ applications }) => applications),
    findings: [...sources.findings, ...found.flatMap(({ findings }) => findings)],
  };
}

/** The same for one object that is applied by other means, with the objects of Flux that are known beside what it renders. */
export async function declareRoot(
  root: Resource,
  input: DeclareFluxInput & { readonly objects: readonly Resource[] },
  signal: AbortSignal,
): Promise<FluxDeclared> {
  const cluster = new Cluster(input);
  await cluster.add(root, [], signal);
  return cluster.declared();
}

/** More than any cluster holds: what goes on for longer makes its own children. */
const maxApplications = 5_000;

interface Nested {
  readonly kustomization: FluxKustomization;
  readonly via: readonly string[];
}

/** What one root brings about. */
class Cluster {
  readonly #input: DeclareFluxInput & { readonly objects: readonly Resource[] };
  readonly #resources: Resource[] = [];
  readonly #waiting: Nested[] = [];
  readonly #seen = new Set<string>();
  readonly #applications: FluxApplication[] = [];
  readonly #releases: { readonly release: FluxHelmRelease; readonly via: readonly string[] }[] = [];
  readonly #findings: Finding[] = [];
  /** The sources among so many resources. */
  #known: { readonly count: number; readonly sources: FluxSources } | null = null;

  constructor(input: DeclareFluxInput & { readonly objects: readonly Resource[] }) {
    this.#input = input;
  }

  async add(root: Resource, via: readonly string[], signal: AbortSignal): Promise<void> {
    this.#take(root, via);
    for (let next = this.#next(); next !== null; next = this.#next()) await this.#open(next, signal);
    // Sources may be applied by any Kustomization, so charts are looked up last.
    for (const { release, via: from } of this.#releases) await this.#release(release, from);
  }

  declared(): FluxDeclared {
    const specs = this.#applications.map(({ spec }) => spec);
    return {
      applications: this.#applications,
      findings: [...this.#findings, ...judgeDependencies(specs, this.#input.objects)],
    };
  }

  #take(resource: Resource, via: readonly string[]): void {
    if (isFluxKustomization(resource)) this.#takeKustomization(resource, via);
    else if (isFluxHelmRelease(resource)) this.#takeRelease(resource, via);
  }

  #takeKustomization(resource: Resource, via: readonly string[]): void {
    const title = titleOf(resource);
    if (via.includes(title) && via.at(-1) !== title) this.#findings.push(cycle(resource, [...via, title]));
    if (!this.#isNew(title)) return;
    const read = readFluxKustomization(resource);
    if ('kind' in read) this.#waiting.push({ kustomization: read, via });
    else this.#findings.push(...read);
  }

  #takeRelease(resource: Resource, via: readonly string[]): void {
    if (!this.#isNew(titleOf(resource))) return;
    const read = readFluxHelmRelease(resource);
    if ('kind' in read) this.#releases.push({ release: read, via });
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

  async #open({ kustomization, via }: Nested, signal: AbortSignal): Promise<void> {
    const source = this.#find(kustomization, kustomization.source);
    const declared = declareKustomization(kustomization, source, via);
    this.#applications.push({ declared, spec: kustomization, source, composed: null });
    if (source?.followsReview !== true) return;
    const below = [...via, titleOf(kustomization.resource)];
    for (const child of await this.#render(kustomization, source, signal)) {
      this.#resources.push(child);
      this.#take(child, below);
    }
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
      return [];
    }
  }

  async #release(release: FluxHelmRelease, via: readonly string[]): Promise<void> {
    const { chart } = release;
    this.#find(release, chart.kind === 'template' ? chart.source : chart.reference);
    const composed = await composeValues(release, this.#lookup());
    this.#findings.push(...composed.findings);
    const declared = declareHelmRelease(release, { sources: this.#sources(), composed }, via);
    this.#applications.push({ declared, spec: release, source: null, composed });
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
