import type { DeclaredSource, HelmOptions } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { Source } from '../../model/resource.ts';
import { fetchedFor } from '../../world/sources/asked-for.ts';
import type { FetchedTree, Fetchers } from '../../world/sources/fetchers.ts';
import { isAddress } from './argocd-values-files.ts';
import { type OpenedSource, unfetched } from './declared-sources.ts';

/** The options of a chart with nothing at an address any more, and where it is instead. */
export interface LocalOptions {
  readonly options: HelmOptions;
  /** By names that no `ref` has. */
  readonly refs: ReadonlyMap<string, OpenedSource>;
  readonly findings: readonly Finding[];
}

/**
 * Fetches the values files and files of parameters that are named by their address, and names them as files of further references.
 * Helm asks without credentials. Throws `remote-reference` where nothing is fetched, and what fetching throws, with the place of the
 * declaration.
 */
export async function fetchAddresses(
  options: HelmOptions,
  { source, declaredAt, fetchFile }: AddressParts,
  signal: AbortSignal,
): Promise<LocalOptions> {
  const named = [...options.valuesFiles, ...options.fileParameters.map(({ path }) => path)].filter(isAddress);
  const refs = new Map<string, OpenedSource>();
  const paths = new Map<string, string>();
  const findings: Finding[] = [];
  for (const url of new Set(named)) {
    const shown = url.replace(/[?#].*$/s, '');
    const fetched = await fetchedFor({ what: shown, place: declaredAt, fetched: [] }, async () => {
      if (fetchFile === null) throw unfetched();
      return fetchFile({ url }, signal);
    });
    const name = `.address-${refs.size}`;
    refs.set(name, openedFile(fetched, source));
    paths.set(url, `$${name}/${fetched.tree.entries[0]?.path ?? ''}`);
    if (!fetched.isPinned) findings.push(unpinned(shown, declaredAt));
  }
  const local = (path: string): string => paths.get(path) ?? path;
  return {
    options: {
      ...options,
      valuesFiles: options.valuesFiles.map(local),
      fileParameters: options.fileParameters.map(({ name, path }) => ({ name, path: local(path) })),
    },
    refs,
    findings,
  };
}

/** Whose options they are, and what fetches. */
export interface AddressParts {
  readonly source: DeclaredSource;
  readonly declaredAt: Source;
  readonly fetchFile: Fetchers['fetchFile'];
}

function openedFile({ tree, resolved }: FetchedTree, source: DeclaredSource): OpenedSource {
  return { source, tree, folder: '', isHere: false, resolved, findings: [] };
}

function unpinned(url: string, { file, line }: Source): Finding {
  return {
    rule: 'unpinned-base',
    severity: 'note',
    target: null,
    resource: null,
    file,
    line,
    message: `Values are taken from ${url}, which may be something else when it is deployed.`,
    fix: 'Name an address with a full commit id, or commit the file.',
  };
}
