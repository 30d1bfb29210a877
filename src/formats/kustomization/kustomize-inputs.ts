import { FairleadError } from '../../model/error.ts';
import { type Json, pick, pickText } from '../../model/json.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath, type Resolved, type TreeFiles, treeFiles } from '../../tools/tree-files.ts';
import type { NamedChart, NamedReference, NamedRemote, RefusalReason } from './named-reference.ts';
import {
  type ChartReference,
  configReferences,
  isInline,
  kustomizationReferences,
  type Reference,
} from './references.ts';
import { isRemoteReference } from './remote-reference.ts';

/** The names of a kustomization file, by kustomize's order. */
export const kustomizationNames: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Reads the YAML documents of a file; throws `FairleadError` `decode-failed`. */
export type ReadYaml = (input: {
  readonly file: string;
  readonly bytes: Uint8Array;
}) => readonly { readonly value: Json; readonly line: number; readonly lines: ReadonlyMap<string, number> }[];

/** All that building one kustomization reads. */
export interface KustomizeInputs {
  /** Repository files that are read, and links on the way to them, sorted. */
  readonly files: readonly string[];
  /** Folders of the kustomizations that are built, the root first. */
  readonly folders: readonly string[];
  /** Files named by `resources`, in the order they are read. */
  readonly manifests: readonly string[];
  /** Where kustomize looks for a file -> the file that stands there. The two differ only through links. */
  readonly placements: ReadonlyMap<string, string>;
  /** Named, but not in the repository. */
  readonly missing: readonly string[];
  /** What would have to be fetched. */
  readonly remote: readonly NamedRemote[];
  /** Helm charts to inflate that are not in the repository. */
  readonly charts: readonly NamedChart[];
  /** Those that are. */
  readonly inflated: readonly NamedChart[];
  readonly refused: readonly (NamedReference & { readonly reason: RefusalReason })[];
  /** `decode-failed` of kustomization files that cannot be read. */
  readonly broken: readonly FairleadError[];
}

/** What a closure is found in. */
export interface ClosureInput {
  readonly tree: Tree;
  readonly root: string;
  readonly readYaml: ReadYaml;
  /** Folders that hold repositories of their own: nothing in one leads out of it. */
  readonly repositories?: readonly string[];
}

/**
 * The dependency closure of a kustomization: follows every field that names files or folders, without building anything.
 * What cannot be followed is told, never thrown.
 */
export async function kustomizeInputs(input: ClosureInput, signal: AbortSignal): Promise<KustomizeInputs> {
  const walk = new Walk(input, signal);
  const root = await treeFiles(input.tree).resolve(input.root, signal);
  if (root.kind === 'folder') await walk.enter({ seen: input.root, real: root.path, configsOf: null });
  else walk.missing.add(input.root);
  return walk.result();
}

/** A kustomization's folder: as kustomize sees it, and where it really is. */
interface Folder {
  readonly seen: string;
  readonly real: string;
  /** Set when what it builds configures generators or transformers of another folder. */
  readonly configsOf: Folder | null;
}

/** Where a reference stands. */
interface Site extends NamedReference {
  readonly folder: Folder;
  readonly pointer: string;
}

const MAX_FOLDERS = 1_000;

class Walk {
  readonly missing = new Set<string>();
  readonly #files = new Set<string>();
  readonly #folders = new Map<string, Folder>();
  readonly #manifests = new Set<string>();
  readonly #placements = new Map<string, string>();
  readonly #remote: NamedRemote[] = [];
  readonly #charts: NamedChart[] = [];
  readonly #inflated: NamedChart[] = [];
  readonly #refused: (NamedReference & { reason: RefusalReason })[] = [];
  readonly #broken: FairleadError[] = [];
  readonly #tree: Tree;
  readonly #index: TreeFiles;
  readonly #readYaml: ReadYaml;
  readonly #repositories: readonly string[];
  readonly #signal: AbortSignal;

  constructor({ tree, readYaml, repositories = [] }: ClosureInput, signal: AbortSignal) {
    this.#tree = tree;
    this.#index = treeFiles(tree);
    this.#readYaml = readYaml;
    this.#repositories = repositories;
    this.#signal = signal;
  }

  result(): KustomizeInputs {
    return {
      files: [...this.#files].sort(),
      folders: [...new Set([...this.#folders.values()].map(({ real }) => real))],
      manifests: [...this.#manifests],
      placements: this.#placements,
      missing: [...this.missing].sort(),
      remote: this.#remote,
      charts: this.#charts,
      inflated: this.#inflated,
      refused: this.#refused,
      broken: this.#broken,
    };
  }

  async enter(folder: Folder): Promise<void> {
    const key = `${folder.seen}\0${folder.configsOf?.seen ?? ''}`;
    if (this.#folders.has(key)) return;
    this.#folders.set(key, folder);
    const names = kustomizationNames.filter((name) => this.#index.list(folder.real).includes(name));
    if (names.length === 0) this.missing.add(inside(folder.real, 'kustomization.yaml'));
    for (const name of names) {
      const site = { folder, file: inside(folder.real, name), line: 1, reference: name, pointer: '' };
      const file = await this.#take(site);
      if (file !== null) await this.#readKustomization(file, folder);
    }
  }

  async #readKustomization(file: string, folder: Folder): Promise<void> {
    for (const document of await this.#read(file)) {
      for (const reference of kustomizationReferences(document.value)) {
        await this.#follow(reference, this.#site(reference, { file, folder, ...document }));
      }
    }
  }

  #site(
    reference: Reference,
    at: { file: string; folder: Folder; line: number; lines: ReadonlyMap<string, number> },
  ): Site {
    const line = at.lines.get(reference.pointer) ?? at.line;
    const { pointer, text } = reference;
    return { folder: at.folder, file: at.file, line, reference: text, pointer };
  }

  async #follow(reference: Reference, site: Site): Promise<void> {
    switch (reference.kind) {
      case 'chart':
        if (reference.chart !== undefined) await this.#takeChart(reference.chart, site);
        return;
      case 'file':
        await this.#take(site);
        return;
      case 'config':
        await this.#takeConfig(site);
        return;
      case 'resource':
        await this.#takeResource(site);
        return;
      default:
        reference.kind satisfies never;
    }
  }

  async #takeResource(site: Site): Promise<void> {
    const found = await this.#locate(site);
    if (found === null) return;
    if (found.kind === 'folder') return this.#enterBelow(site, { found, configsOf: site.folder.configsOf });
    this.#manifests.add(found.path);
    const outer = site.folder.configsOf;
    if (outer !== null) await this.#readConfigs(await this.#read(found.path), { file: found.path, folder: outer });
  }

  async #takeConfig(site: Site): Promise<void> {
    if (isInline(site.reference)) {
      const bytes = new TextEncoder().encode(site.reference);
      const documents = this.#decode(site.file, bytes).map(({ value }) => ({
        value,
        line: site.line,
        lines: new Map(),
      }));
      return this.#readConfigs(documents, site);
    }
    const found = await this.#locate(site);
    if (found === null) return;
    if (found.kind === 'folder') return this.#enterBelow(site, { found, configsOf: site.folder });
    await this.#readConfigs(await this.#read(found.path), { file: found.path, folder: site.folder });
  }

  async #readConfigs(documents: ReturnType<ReadYaml>, at: { file: string; folder: Folder }): Promise<void> {
    for (const document of documents) {
      const reason = foreignCode(document.value);
      const reference = `${pickText(document.value, 'kind') ?? 'document'} ${pickText(document.value, 'metadata', 'name') ?? ''}`;
      if (reason !== null) {
        this.#refused.push({ file: at.file, line: document.line, reference: reference.trim(), reason });
        continue;
      }
      for (const named of configReferences(document.value)) {
        await this.#follow(named, this.#site(named, { ...document, ...at }));
      }
    }
  }

  /** What kustomize itself reads of a chart; the rest is read by who renders it. */
  async #takeChart(chart: ChartReference, site: Site): Promise<void> {
    for (const reference of valuesOf(chart)) await this.#take({ ...site, reference });
    const place = `${chart.home}/${chart.name}`;
    const found = await this.#resolve({ ...site, reference: place });
    const folder = joinPath(site.folder.real, place);
    if (found.kind === 'outside' || folder === null) return this.#refuse(site, outsideReason(found));
    if (found.kind === 'folder') {
      this.#inflated.push({ ...named(site), chart, folder });
      for (const file of filesBelow(this.#tree, found.path)) this.#files.add(file);
      await this.#take({ ...site, reference: `${place}/Chart.yaml` });
    } else if (chart.repo !== '') this.#charts.push({ ...named(site), chart, folder });
  }

  async #enterBelow(site: Site, below: { found: Resolved; configsOf: Folder | null }): Promise<void> {
    const seen = joinPath(site.folder.seen, site.reference);
    if (seen === null) return this.#refuse(site, 'outside');
    if (this.#folders.size >= MAX_FOLDERS) return this.#refuse(site, 'too-many');
    await this.enter({ seen, real: below.found.path, configsOf: below.configsOf });
  }

  /** Takes a file in: gives its real path, or null when there is none to read. */
  async #take(site: Site): Promise<string | null> {
    const found = await this.#locate(site);
    return found?.kind === 'file' ? found.path : null;
  }

  async #locate(site: Site): Promise<Resolved | null> {
    const found = await this.#resolve(site);
    if (found.kind === 'file' || found.kind === 'folder') return this.#admit(site, found);
    if (isRemoteReference(site.reference)) {
      this.#remote.push({ ...named(site), folder: site.folder.real, pointer: site.pointer });
    } else if (found.kind === 'missing') this.missing.add(found.path);
    else this.#refuse(site, found.kind === 'submodule' ? 'submodule' : outsideReason(found));
    return null;
  }

  async #resolve({ folder, reference }: Site): Promise<Resolved> {
    if (reference.startsWith('/')) return { kind: 'outside', path: reference, links: [] };
    const found = await this.#index.resolve(`${folder.real}/${reference}`, this.#signal);
    const bounds = this.#repositories.filter((root) => isBelow(folder.real, root));
    return bounds.every((root) => isBelow(found.path, root)) ? found : { ...found, kind: 'outside' };
  }

  #admit(site: Site, found: Resolved): Resolved | null {
    for (const link of found.links) this.#files.add(link);
    if (found.kind !== 'file') return found;
    this.#files.add(found.path);
    const seen = joinPath(site.folder.seen, site.reference);
    // kustomize reads files below their kustomization only, links followed; it tells itself about plain paths.
    const leaves = found.links.length > 0 && !found.path.startsWith(inside(site.folder.real, ''));
    if (seen === null || leaves || (this.#placements.get(seen) ?? found.path) !== found.path) {
      this.#refuse(site, outsideReason(found));
      return null;
    }
    this.#placements.set(seen, found.path);
    return found;
  }

  #refuse(site: Site, reason: RefusalReason): void {
    this.#refused.push({ ...named(site), reason });
  }

  async #read(file: string): Promise<ReturnType<ReadYaml>> {
    const bytes = (await this.#tree.read([file], this.#signal)).get(file);
    return bytes === undefined ? [] : this.#decode(file, bytes);
  }

  #decode(file: string, bytes: Uint8Array): ReturnType<ReadYaml> {
    try {
      return this.#readYaml({ file, bytes });
    } catch (fault) {
      if (!(fault instanceof FairleadError)) throw fault;
      this.#broken.push(fault);
      return [];
    }
  }
}

/** Configurations that make kustomize start something: a function (container or exec) or a plugin of another maker. */
function foreignCode(value: Json): RefusalReason | null {
  const annotations = pick(value, 'metadata', 'annotations');
  for (const key of ['config.kubernetes.io/function', 'config.k8s.io/function']) {
    if (pick(annotations, key) !== undefined) return 'function';
  }
  return pickText(value, 'apiVersion') === 'builtin' ? null : 'plugin';
}

function outsideReason({ links }: Resolved): RefusalReason {
  return links.length > 0 ? 'link' : 'outside';
}

function named({ file, line, reference }: Site): NamedReference {
  return { file, line, reference };
}

function valuesOf(chart: ChartReference): readonly string[] {
  return [chart.valuesFile ?? `${chart.home}/${chart.name}/values.yaml`, ...chart.additionalValuesFiles];
}

function filesBelow(tree: Tree, folder: string): readonly string[] {
  return tree.entries.map(({ path }) => path).filter((path) => path.startsWith(`${folder}/`));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(inside(folder, ''));
}

function inside(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
