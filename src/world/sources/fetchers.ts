import { FairleadError } from '../../model/error.ts';
import type { Fetched, WantedArtifact, WantedChart, WantedFile, WantedGit } from './sources.ts';

/** What a render needs of what was fetched. */
export type FetchedTree = Pick<Fetched, 'tree' | 'resolved' | 'isPinned'>;

/** Gets a chart ahead of the render. Throws `FairleadError` with what is wrong with the source. */
export type FetchChart = (wanted: WantedChart, signal: AbortSignal) => Promise<FetchedTree>;

/** Gets a Git repository ahead of the render. Throws `FairleadError` with what is wrong with the source. */
export type FetchGit = (wanted: WantedGit, signal: AbortSignal) => Promise<FetchedTree>;

/** Gets a single file ahead of the render, as a tree of nothing else. Throws `FairleadError` with what is wrong with the source. */
export type FetchFile = (wanted: WantedFile, signal: AbortSignal) => Promise<FetchedTree>;

/** Gets the files of an OCI artifact ahead of the render. Throws `FairleadError` with what is wrong with the source. */
export type FetchArtifact = (wanted: WantedArtifact, signal: AbortSignal) => Promise<FetchedTree>;

/** What fetches for one render. */
export interface Fetchers {
  /** Null: charts from elsewhere are refused. */
  readonly fetchChart: FetchChart | null;
  /** Null: remote bases are refused. */
  readonly fetchGit: FetchGit | null;
  /** Null: remote files are refused. */
  readonly fetchFile: FetchFile | null;
}

/** What fetches the sources of a declared application too. */
export interface SourceFetchers extends Fetchers {
  /** Null: artifacts are refused. */
  readonly fetchArtifact: FetchArtifact | null;
}

/**
 * The same, unless something forbids it: nobody is asked then, since what comes back is shown to whoever named it. Fetching throws
 * `FairleadError` `source-untrusted`.
 */
export function fetchersFor({ fetchChart, fetchGit, fetchFile }: Fetchers, why: string | undefined): Fetchers {
  if (why === undefined) return { fetchChart, fetchGit, fetchFile };
  return {
    fetchChart: fetchChart && (({ name, repository }) => Promise.reject(untrusted(`${name} of ${repository}`, why))),
    fetchGit: fetchGit && (({ url }) => Promise.reject(untrusted(url, why))),
    fetchFile: fetchFile && (({ url }) => Promise.reject(untrusted(url, why))),
  };
}

/** As `fetchersFor`. */
export function sourceFetchersFor(fetchers: SourceFetchers, why: string | undefined): SourceFetchers {
  const { fetchArtifact } = fetchers;
  const artifacts =
    why === undefined
      ? fetchArtifact
      : fetchArtifact && (({ url }: WantedArtifact) => Promise.reject(untrusted(url, why)));
  return { ...fetchersFor(fetchers, why), fetchArtifact: artifacts };
}

function untrusted(source: string, why: string): FairleadError {
  return new FairleadError({
    code: 'source-untrusted',
    subject: source,
    message: `it is not fetched, as ${why}.`,
    remedy: 'Somebody who may write here reads the change, then comments /fairlead ok-to-test.',
  });
}
