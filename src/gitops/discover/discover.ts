import { type Declare, type DeclareQuestion, type TreeOrigin, unknownOrigin } from '../../model/declare.ts';
import { type Declarations, noDeclarations } from '../../model/declared.ts';
import type { LentTree } from '../../model/lent.ts';
import type { Settings } from '../../model/settings.ts';
import type { Application } from '../../model/target.ts';
import type { Tree, TreeEntry } from '../../model/tree.ts';
import { findCharts, isChart } from './charts.ts';
import { type DeclaredGround, findDeclared } from './declared.ts';
import { withSettings } from './environments.ts';
import { type Found, isWithin, type Relation } from './found.ts';
import { isIgnored, looksLikeManifest } from './ignored.ts';
import { findKustomizations, isKustomization } from './kustomizations.ts';
import { type Lent, withLent } from './lent.ts';
import { findPlain } from './plain-manifests.ts';
import { openSnapshot } from './snapshot.ts';
import { nameUniquely } from './unique-names.ts';

/** A changed file and how it belongs to an application. */
export interface Reason {
  readonly file: string;
  readonly relation: Relation;
}

/** An application that changed files reach. */
export interface Reached {
  readonly application: Application;
  /** At least one. */
  readonly reasons: readonly Reason[];
}

/** What is deployed from a tree. */
export interface Discovery {
  /** Sorted by name, then environment. */
  readonly applications: readonly Application[];
  /** Every environment, sorted. */
  readonly environments: readonly string[];
  /** The applications that changed files, deleted ones too, reach. */
  affected(changedFiles: readonly string[]): readonly Reached[];
  /** Changed files that look like manifests and that no application reads. */
  unowned(changedFiles: readonly string[]): readonly string[];
  /** What is wrong with the objects that declare applications, and which of them tell of none. */
  readonly declarations: Pick<Declarations, 'findings' | 'unknown' | 'isPassing' | 'clusterSecrets'>;
  /** Folders of the lent repository that are deployed from here. */
  readonly lentFolders: ReadonlySet<string>;
}

/** Where to look. */
export interface DiscoverOptions {
  /** Only applications at or below this folder; '' for all. */
  readonly under: string;
  /** Names and environments as the settings say; null: as the paths say. */
  readonly settings: Settings | null;
  /** Reads the objects of controllers; left out: they count as manifests like others. */
  readonly declare?: Declare;
  /** Where the tree comes from; left out: that is not known. Where another repository lends its files, it is these that change. */
  readonly origin?: TreeOrigin;
  /** As `DeclareQuestion.before`. */
  readonly before?: DeclareQuestion['before'];
}

/**
 * Finds the applications of a tree without any configuration: those that objects of Argo CD and Flux declare; of what these do not
 * deploy, kustomizations that no other includes, charts with their values files, folders of plain manifests. Broken files are no error here: the application is found and its renderer tells.
 */
export async function discover(tree: Tree, options: DiscoverOptions, signal: AbortSignal): Promise<Discovery> {
  const own = await groundOf(tree, signal);
  const lent = options.origin?.lent === undefined ? null : await lentGround(options.origin.lent, signal);
  const { snapshot, kustomizations, charts } = own;
  const folders = [...kustomizations.found, ...charts.found];
  const declarations = await declare(tree, { folders, built: kustomizations.files, options }, signal);
  const declared = await findDeclared(declarations.declared, { own, lent }, signal);
  const owned = new Set([...kustomizations.files, ...declared.files]);
  const taken = { kustomizations: kustomizations.folders, charts: charts.folders, files: owned };
  const plain = await findPlain(snapshot, taken, signal);
  const others = folders.filter(({ application }) => !declared.folders.has(application.root));
  const named = nameUniquely([...declared.found, ...others, ...plain]);
  const found = settle(lent === null ? named : await withLent(named, lent, signal), options).filter(({ application }) =>
    isUnder(application.root, options.under),
  );
  const discovery = discoveryOf(found, declarations, lent === null ? relateOwn : relateLent);
  return { ...discovery, lentFolders: declared.lent };
}

async function groundOf(tree: Tree, signal: AbortSignal): Promise<DeclaredGround> {
  const entries = tree.entries.filter(({ path }) => !isIgnored(path));
  const files = entries.filter(isRegular);
  const links = entries.filter(({ mode }) => mode === '120000');
  const small = files.filter(({ path, size }) => isDescription(path) && size <= maxDescription).map(({ path }) => path);
  const snapshot = await openSnapshot(tree, { files, links, small }, signal);
  const kustomizations = await findKustomizations(snapshot, signal);
  return { snapshot, kustomizations, charts: await findCharts(snapshot, signal) };
}

async function lentGround(tree: LentTree, signal: AbortSignal): Promise<DeclaredGround & Lent> {
  return { ...(await groundOf(tree.tree, signal)), tree };
}

async function declare(
  tree: Tree,
  {
    folders,
    built,
    options,
  }: { readonly folders: readonly Found[]; readonly built: ReadonlySet<string>; readonly options: DiscoverOptions },
  signal: AbortSignal,
): Promise<Declarations> {
  if (options.declare === undefined) return noDeclarations;
  const found = folders.map(({ application }) => application);
  const { settings, before, origin = unknownOrigin } = options;
  const known = { told: settings?.argocd.clusters ?? [], ...(before === undefined ? {} : { before }) };
  return options.declare({ tree, found, built, ...known, ...origin }, signal);
}

function settle(found: readonly Found[], { settings, origin }: DiscoverOptions): readonly Found[] {
  if (settings === null) return found;
  const applications = withSettings(
    found.map(({ application }) => application),
    settings,
    origin?.own.branch ?? '',
  );
  return found.map((one, index) => {
    const application = applications[index] ?? one.application;
    const helm = settings.render.helm ?? application.declared?.helm ?? 'helm4';
    // Only what differs from the default is told.
    return { ...one, application: { ...application, ...(helm === 'helm4' ? {} : { helm }) } };
  });
}

/** A kustomization or Chart.yaml larger than this is read by itself, and refused by its decoder. */
const maxDescription = 512 * 1024;

function isRegular({ mode }: TreeEntry): boolean {
  return mode === '100644' || mode === '100755';
}

function isDescription(path: string): boolean {
  return isKustomization(path) || isChart(path) || path.endsWith('requirements.yaml');
}

function isUnder(root: string, folder: string): boolean {
  return root === folder || isWithin(root, folder);
}

type Relate = (found: Found, path: string) => Relation | null;

const relateOwn: Relate = ({ relate }, path) => relate(path);

const relateLent: Relate = ({ lent }, path) => lent?.relate(path) ?? null;

function discoveryOf(
  found: readonly Found[],
  declarations: Discovery['declarations'],
  relate: Relate,
): Omit<Discovery, 'lentFolders'> {
  const environments = found.flatMap(({ application }) => application.environment ?? []);
  return {
    applications: found.map(({ application }) => application),
    environments: [...new Set(environments)].sort(),
    declarations,
    affected: (changedFiles) =>
      found.flatMap((one) => {
        const reasons = changedFiles.flatMap((file): readonly Reason[] => {
          const relation = relate(one, file);
          return relation === null ? [] : [{ file, relation }];
        });
        return reasons.length === 0 ? [] : [{ application: one.application, reasons }];
      }),
    unowned: (changedFiles) =>
      changedFiles.filter((file) => looksLikeManifest(file) && !found.some((one) => relate(one, file) !== null)),
  };
}
