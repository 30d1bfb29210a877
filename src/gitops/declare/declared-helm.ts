import type { HelmOptions } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import type { Rendered, Renderer, RenderInputs } from '../../model/renderer.ts';
import type { Source } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import { mountTrees } from '../../tools/mount-trees.ts';
import { joinPath } from '../../tools/tree-files.ts';
import { resolveValuesFiles, type ValuesFile } from './argocd-values-files.ts';
import type { OpenedSource } from './declared-sources.ts';

/** A chart of a declared application, and what it is rendered with. */
export interface HelmSource {
  readonly application: Application;
  readonly opened: OpenedSource;
  /** Sources by `ref`. */
  readonly refs: ReadonlyMap<string, OpenedSource>;
  readonly declaredAt: Source;
}

/** What is told to Helm where a source says nothing. */
export const defaultHelmOptions: HelmOptions = {
  releaseName: null,
  namespace: null,
  valuesFiles: [],
  ignoreMissingValuesFiles: false,
  values: [],
  parameters: [],
  fileParameters: [],
  skipCrds: false,
  skipTests: false,
  skipSchemaValidation: false,
  kubeVersion: null,
  apiVersions: [],
  engine: null,
};

/** Where the files of a `ref` are laid beside the chart. */
const refFolder = '.fetched/refs';

/** Renders a chart with the options of its source. Throws what the renderer throws, and `render-failed` for a values file that is not there. */
export async function renderHelmSource(
  helm: HelmSource,
  { renderer, inputs }: { readonly renderer: Renderer; readonly inputs: RenderInputs },
  signal: AbortSignal,
): Promise<Rendered> {
  const { opened, refs, declaredAt } = helm;
  const options = opened.source.helm ?? defaultHelmOptions;
  const trees = { folder: opened.folder, tree: opened.tree, refs: treesOf(refs) };
  const values = await resolveValuesFiles(options, trees, signal);
  const [missing] = values.missing;
  if (missing !== undefined) throw notThere('values file', missing, declaredAt);
  const [aFolder] = values.folders;
  if (aFolder !== undefined) throw notAFile(aFolder, declaredAt);
  const parameters = await Promise.all(
    options.fileParameters.map(async ({ name, path }) => {
      const { found } = await resolveValuesFiles(
        { valuesFiles: [path], ignoreMissingValuesFiles: false },
        trees,
        signal,
      );
      const [file] = found;
      if (file === undefined) throw notThere('file of a parameter', path, declaredAt);
      return { name, path: pathOf(file, opened, refs) };
    }),
  );
  const remote = values.found.find(({ path }) => /^[a-z][a-z0-9+.-]*:\/\//i.test(path));
  if (remote !== undefined) throw remoteValues(remote.path, declaredAt);
  const application: Application = {
    ...helm.application,
    ...{ root: opened.folder, renderer: 'helm', inputs: [] },
    valuesFiles: values.found.map((file) => pathOf(file, opened, refs)),
  };
  return renderer.render(application, treeOf(opened, refs), inputsOf({ options, parameters }, inputs), signal);
}

function inputsOf(
  {
    options,
    parameters,
  }: {
    readonly options: HelmOptions;
    readonly parameters: readonly { readonly name: string; readonly path: string }[];
  },
  inputs: RenderInputs,
): RenderInputs {
  const assigned = (isString: boolean): readonly string[] =>
    options.parameters.filter((one) => one.isString === isString).map(({ name, value }) => `${name}=${value}`);
  return {
    ...inputs,
    releaseName: options.releaseName ?? inputs.releaseName,
    namespace: options.namespace ?? inputs.namespace,
    kubeVersion: options.kubeVersion === null ? inputs.kubeVersion : versionOf(options.kubeVersion),
    apiVersions: options.apiVersions.length === 0 ? inputs.apiVersions : options.apiVersions,
    set: assigned(false),
    helm: {
      engine: options.engine ?? inputs.helm?.engine ?? 'helm4',
      values: options.values,
      setString: assigned(true),
      setFile: parameters,
      skipCrds: options.skipCrds,
      skipTests: options.skipTests,
      skipSchemaValidation: options.skipSchemaValidation,
    },
  };
}

function versionOf(text: string): string {
  return text.startsWith('v') ? text : `v${text}`;
}

function treesOf(refs: ReadonlyMap<string, OpenedSource>): ReadonlyMap<string, Tree> {
  return new Map([...refs].map(([name, { tree }]) => [name, tree]));
}

/** The chart's tree with those of the references beside it, where they are others. */
function treeOf(opened: OpenedSource, refs: ReadonlyMap<string, OpenedSource>): Tree {
  const mounts = [...refs]
    .filter(([, { tree }]) => tree !== opened.tree)
    .map(([name, { tree }]) => ({ path: `${refFolder}/${name}`, tree }));
  return mountTrees(opened.tree, mounts);
}

function pathOf({ ref, path }: ValuesFile, opened: OpenedSource, refs: ReadonlyMap<string, OpenedSource>): string {
  const isSame = ref === null || refs.get(ref)?.tree === opened.tree;
  return isSame ? path : (joinPath(`${refFolder}/${ref}`, path) ?? path);
}

function notThere(what: string, path: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `The ${what} ${path} is not there.`,
    subject: `${file}:${line}`,
    remedy: 'Correct the path, add the file, or set ignoreMissingValueFiles.',
  });
}

function notAFile(path: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'render-failed',
    message: `${path} is a folder, and Helm takes values from files only.`,
    subject: `${file}:${line}`,
    remedy: 'Name files, with a pattern such as FOLDER/*.yaml.',
  });
}

function remoteValues(url: string, { file, line }: Source): FairleadError {
  return new FairleadError({
    code: 'remote-reference',
    message: `Values are taken from ${url}, which is not fetched here.`,
    subject: `${file}:${line}`,
    remedy: 'Commit the file, or name it in a source with a `ref`.',
  });
}
