import { directoryFilter } from '../../formats/argocd/directory.ts';
import { type Declaration, type DeclaredSource, isReference } from '../../model/declared.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import type { Application, FolderRenderer } from '../../model/target.ts';
import { joinPath, treeFiles } from '../../tools/tree-files.ts';
import type { Charts } from './charts.ts';
import { environmentOf } from './declared-environment.ts';
import { type Found, folderInput, folderOf, isWithin, type Relation } from './found.ts';
import { isProse } from './ignored.ts';
import { isKustomization, type Kustomizations } from './kustomizations.ts';
import type { Snapshot } from './snapshot.ts';

/** What is known of a tree beside its declarations. */
export interface DeclaredGround {
  readonly snapshot: Snapshot;
  readonly kustomizations: Kustomizations;
  readonly charts: Charts;
}

/** Applications that objects declare, and what of the tree is theirs. */
export interface DeclaredFound {
  readonly found: readonly Found[];
  /** Folders whose kustomization or chart is deployed by one of them. */
  readonly folders: ReadonlySet<string>;
  /** Files that one of them deploys as they are. */
  readonly files: ReadonlySet<string>;
  /** Folders of the lent repository that one of them deploys, with what these include. */
  readonly lent: ReadonlySet<string>;
}

/** Gives declared applications their name, environment and inputs. `lent`: what another repository lends; null: none does. */
export async function findDeclared(
  declared: readonly Declaration[],
  { own, lent }: { readonly own: DeclaredGround; readonly lent: DeclaredGround | null },
  signal: AbortSignal,
): Promise<DeclaredFound> {
  const all: { readonly reads: readonly Reads[]; readonly lends: readonly Reads[]; readonly found: Found }[] = [];
  for (const declaration of declared) {
    const reads = await readsOf(declaration, { origin: 'tree', ground: own }, signal);
    const lends = lent === null ? [] : await readsOf(declaration, { origin: 'lent', ground: lent }, signal);
    all.push({ reads, lends, found: foundOf(declaration, reads, lends) });
  }
  const reads = all.flatMap((one) => one.reads);
  return {
    found: all.map(({ found }) => found),
    folders: new Set(reads.flatMap(({ folders }) => folders)),
    files: new Set(reads.flatMap(({ manifests }) => manifests)),
    lent: new Set(all.flatMap(({ lends }) => lends).flatMap(deployedBy)),
  };
}

/** Values are only read. */
function deployedBy({ folder, folders, values }: Reads): readonly string[] {
  return values.length > 0 ? [] : [folder, ...folders];
}

/** What one source reads of a tree. */
interface Reads extends Pick<Found, 'remote'> {
  readonly folder: string;
  /** Folders of kustomizations and charts that it deploys. */
  readonly folders: readonly string[];
  readonly manifests: readonly string[];
  readonly inputs: readonly string[];
  readonly values: readonly string[];
  relate(path: string): Relation | null;
}

/** What all sources of an application read of one tree: the one that declares it, or a lent one. */
async function readsOf(
  { application, origins, build }: Declaration,
  { origin, ground }: { readonly origin: 'tree' | 'lent'; readonly ground: DeclaredGround },
  signal: AbortSignal,
): Promise<readonly Reads[]> {
  const isFlux = build !== null;
  const refs = new Set(
    application.sources.flatMap(({ ref }, index) => (ref !== null && origins[index] === origin ? [ref] : [])),
  );
  const reads: Reads[] = [];
  for (const [index, source] of application.sources.entries()) {
    const isHere = origins[index] === origin;
    const values = valuesOf(source, { isHere, refs });
    if (values.length > 0) reads.push(readsOfValues(values));
    if (!isHere || isReference(source)) continue;
    const own = source.plugin === null ? await readsOfFolder(source, { isFlux, ground }, signal) : null;
    reads.push(own ?? readsOfPlugin(source, application.object, ground));
  }
  return reads;
}

/** Values files of the tree, as far as they are named one by one. */
function valuesOf(
  { helm, place }: DeclaredSource,
  { isHere, refs }: { readonly isHere: boolean; readonly refs: ReadonlySet<string> },
): readonly string[] {
  const folder = place.kind === 'git' ? place.path : '';
  const written = [...(helm?.valuesFiles ?? []), ...(helm?.fileParameters ?? []).map(({ path }) => path)];
  return written.flatMap((file) => {
    const [first = '', ...rest] = file.split('/');
    if (refs.has(first.slice(1)) && first.startsWith('$')) return joinPath('', rest.join('/')) ?? [];
    if (!isHere || file.includes('://')) return [];
    return joinPath(file.startsWith('/') ? '' : folder, file) ?? [];
  });
}

function readsOfValues(values: readonly string[]): Reads {
  // A pattern stands for whatever is in its folder.
  const inputs = values.map((file) =>
    /[*?[]/.test(file) ? `${file.slice(0, file.search(/[*?[]/)).replace(/[^/]*$/, '')}` : file,
  );
  const named = inputs.map((input) => (input === '' ? folderInput('') : input));
  return {
    ...{ folder: '', folders: [], manifests: [], values: values.filter((file) => !/[*?[]/.test(file)) },
    inputs: named,
    relate: (path) => (named.some((input) => isOf(path, input)) ? 'values' : null),
  };
}

/** Whether an input is a file, or its folder. */
function isOf(path: string, input: string): boolean {
  return input === path || input === '/' || (input.endsWith('/') && path.startsWith(input));
}

async function readsOfFolder(
  source: DeclaredSource,
  { isFlux, ground }: { readonly isFlux: boolean; readonly ground: DeclaredGround },
  signal: AbortSignal,
): Promise<Reads> {
  const { place } = source;
  const folder = place.kind === 'git' && place.path !== '.' ? place.path : '';
  const names = treeFiles(ground.snapshot.tree).list(folder);
  switch (kindOf(source, names)) {
    case 'kustomize':
      if (isFlux && !names.some(isKustomization)) return readsOfGenerated(folder, ground);
      return readsOfKustomization(source, folder, ground, signal);
    case 'helm':
      return readsOfChart(folder, ground);
    default:
      return readsOfDirectory(source, folder, ground);
  }
}

/** As the controller takes it: by its options, else by what the folder holds. */
function kindOf(source: DeclaredSource, names: readonly string[]): FolderRenderer {
  if (source.kustomize !== null) return 'kustomize';
  if (source.helm !== null) return 'helm';
  if (source.directory !== null) return 'plain';
  if (names.some(isKustomization)) return 'kustomize';
  return names.includes('Chart.yaml') ? 'helm' : 'plain';
}

async function readsOfKustomization(
  source: DeclaredSource,
  folder: string,
  { kustomizations }: DeclaredGround,
  signal: AbortSignal,
): Promise<Reads> {
  const components = (source.kustomize?.components ?? []).flatMap((component) => joinPath(folder, component) ?? []);
  const closures = await Promise.all([folder, ...components].map((root) => kustomizations.closureOf(root, signal)));
  const inputs = [...new Set(closures.flatMap(({ files, missing }) => [...files, ...missing]))].sort();
  const read = new Set(inputs);
  return {
    ...{ folder, inputs, manifests: [], values: [] },
    remote: closures.flatMap(({ remote }) => remote),
    folders: closures.flatMap(({ folders }) => folders),
    relate: (path) => (read.has(path) ? relationWithin(path, folder) : null),
  };
}

/** Flux makes a kustomization of all manifests below the folder, and of the kustomizations there. */
function readsOfGenerated(folder: string, { snapshot }: DeclaredGround): Reads {
  const manifests = snapshot.tree.entries
    .map(({ path }) => path)
    .filter((path) => isWithin(path, folder) && /\.ya?ml$/.test(path));
  const kustomized = manifests.filter(isKustomization).map(folderOf);
  return {
    ...{ folder, manifests, values: [], folders: kustomized },
    inputs: [folderInput(folder)],
    relate: (path) => (isWithin(path, folder) && /\.ya?ml$/.test(path) ? 'own' : null),
  };
}

function readsOfChart(folder: string, { charts }: DeclaredGround): Reads {
  const known = charts.foldersOf(folder);
  const folders = known.length === 0 ? [folder] : known;
  return {
    ...{ folder, folders: [folder], manifests: [], values: [] },
    inputs: folders.map(folderInput),
    relate: (path) => {
      const within = folders.find((one) => isWithin(path, one));
      if (within === undefined || isProse(path)) return null;
      return path === `${within}/values.yaml` ? 'values' : 'chart';
    },
  };
}

function readsOfDirectory({ directory }: DeclaredSource, folder: string, { snapshot }: DeclaredGround): Reads {
  const isWanted = directoryFilter(directory ?? { recurse: false, include: '', exclude: '' });
  const below = (path: string) => (folder === '' ? path : path.slice(folder.length + 1));
  const owns = (path: string) => isWithin(path, folder) && isWanted(below(path));
  const manifests = snapshot.tree.entries.map(({ path }) => path).filter(owns);
  return {
    ...{ folder, manifests, values: [], folders: [] },
    inputs: directory?.recurse === true ? [folderInput(folder)] : manifests,
    relate: (path) => (owns(path) ? 'own' : null),
  };
}

/** A plugin may read anything: its folder, and what the Application says that Argo CD shall hand to it. */
function readsOfPlugin({ place }: DeclaredSource, object: JsonObject, { snapshot }: DeclaredGround): Reads {
  const folder = place.kind === 'git' && place.path !== '.' ? place.path : '';
  const text = pickText(object, 'metadata', 'annotations', 'argocd.argoproj.io/manifest-generate-paths') ?? '';
  const named = text.split(';').filter((path) => path !== '');
  const others = named.flatMap(
    (path) => joinPath(path.startsWith('/') ? '' : folder, path.replace(/[^/]*[*?[].*$/, '')) ?? [],
  );
  return {
    ...{ folder, folders: [folder], values: [] },
    manifests: snapshot.tree.entries.map(({ path }) => path).filter((path) => isWithin(path, folder)),
    inputs: [folderInput(folder), ...others.flatMap((other) => [other, folderInput(other)])],
    relate: (path) => {
      if (isWithin(path, folder)) return 'own';
      return others.some((other) => path === other || isWithin(path, other)) ? 'base' : null;
    },
  };
}

function relationWithin(path: string, folder: string): Relation {
  return isWithin(path, folder) ? 'own' : 'base';
}

function foundOf(declaration: Declaration, reads: readonly Reads[], lends: readonly Reads[]): Found {
  const { application } = declaration;
  const { kind, name, namespace, declaredAt, hints } = application;
  const renderer: Application['renderer'] = kind === 'argocd-application' ? 'argocd' : 'flux';
  const root = reads.find(({ values }) => values.length === 0)?.folder ?? folderOf(declaredAt.file);
  return {
    application: {
      ...{ name, root, renderer, declared: declaration },
      environment: environmentOf(hints),
      valuesFiles: reads.flatMap(({ values }) => values),
      inputs: [...new Set([...reads.flatMap(({ inputs }) => inputs), declaredAt.file])],
    },
    longName: `${kind.replace(/^[a-z]+-/, '')}/${namespace ?? ''}/${name}`,
    ...together(reads),
    remote: reads.flatMap(({ remote = [] }) => remote),
    lent: { ...together(lends), inputs: lends.flatMap(({ inputs }) => inputs) },
  };
}

/** The first that says how a file belongs to it is right. */
function together(reads: readonly Pick<Reads, 'relate'>[]): Pick<Found, 'relate'> {
  return {
    relate: (path) => {
      for (const { relate } of reads) {
        const relation = relate(path);
        if (relation !== null) return relation;
      }
      return null;
    },
  };
}
