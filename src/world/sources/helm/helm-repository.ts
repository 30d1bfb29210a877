import { createDecoder, type Decoder } from '../../../formats/yaml/decoder.ts';
import { authorized } from '../access.ts';
import { digestOf } from '../disk-cache.ts';
import { invalid, missing, otherDigest, shown } from '../faults.ts';
import type { Ground, Had } from '../ground.ts';
import { faultOf, type SourceHttp } from '../reach/http.ts';
import { Recent } from '../recent.ts';
import type { WantedChart } from '../sources.ts';
import { chooseVersion } from '../versions/choose-version.ts';
import { isExactVersion } from '../versions/version.ts';
import { type ChartIndex, type ChartVersion, readIndex } from './index-file.ts';

/** Charts of repositories with an index.yaml. */
export interface HelmRepositories {
  chart(wanted: WantedChart, signal: AbortSignal): Promise<Had>;
  close(): Promise<void>;
}

/** Values an index may hold: about 50,000 versions of charts. */
const nodes = 3_000_000;

/** Characters of names and addresses kept of all indexes together. */
const mostKept = 64 * 1024 * 1024;

/** Opens the way to Helm repositories. An index is read in a thread of its own and kept for a moment. */
export function openHelmRepositories(ground: Ground, http: SourceHttp): HelmRepositories {
  const { limits, now } = ground;
  const decoder = createDecoder({
    workers: 1,
    limits: { bytes: limits.indexBytes, nodes },
    deadlineMs: limits.requestMs,
  });
  const indexes = new Recent<ChartIndex>({ now, freshMs: limits.freshMs, most: mostKept, weigh: weightOf });
  return {
    chart: async (wanted, signal) => {
      const base = baseOf(wanted.repository);
      const fetchIndex = (own: AbortSignal): Promise<ChartIndex> =>
        indexOf(base, { ground, http, decoder, signal: own });
      const index = await indexes.get(base.href, signal, fetchIndex);
      const chosen = chosenOf(index, wanted, base);
      const had = await archiveOf(chosen, base, { ground, http, signal });
      return { ...had, isPinned: isExactVersion(wanted.version) || wanted.digest !== null };
    },
    close: async () => {
      indexes.close();
      await decoder.close();
    },
  };
}

/** The address as a folder, so that what is relative lies in it. Throws `source-invalid`. */
export function baseOf(repository: string): URL {
  const base = URL.parse(repository);
  if (base === null || base.protocol !== 'https:' || base.username !== '' || base.password !== '')
    throw invalid(
      'Helm repository',
      'The address of a Helm repository is not written as https://HOST/…, without credentials.',
      'Correct it; credentials stand in the file of the server.',
    );
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/`;
  base.hash = '';
  return base;
}

/** Where something lies that is written relative to the repository; like Helm, with the query of the repository. */
function within(base: URL, path: string): URL {
  const found = URL.parse(path, base.href);
  if (found === null) throw invalid(shown(base), `${shown(base)} lists a chart at what is no URL.`, 'Ask its owner.');
  if (URL.parse(path) === null) found.search = base.search;
  return found;
}

type Way = { readonly ground: Ground; readonly http: SourceHttp; readonly signal: AbortSignal };

async function indexOf(base: URL, way: Way & { readonly decoder: Decoder }): Promise<ChartIndex> {
  const url = within(base, 'index.yaml');
  const bytes = await bytesOf(url, base, { ...way, maxBytes: way.ground.limits.indexBytes });
  const [outcome] = await way.decoder.decode([{ file: shown(url), bytes }], way.signal);
  const value = outcome?.kind === 'decoded' ? outcome.decoded.other[0]?.value : undefined;
  const index = value === undefined ? null : readIndex(value);
  if (index !== null) return index;
  const why = outcome?.kind === 'failed' ? `: ${outcome.error.message}` : '';
  throw invalid(shown(url), `${shown(url)} is no index of charts${why}`, 'Check that this is a Helm repository.');
}

/** What lies at the host of the repository is asked for as the repository is; nothing of it is shown to other hosts. */
async function bytesOf(
  url: URL,
  base: URL,
  { maxBytes, ground, http, signal }: Way & { readonly maxBytes: number },
): Promise<Uint8Array> {
  return authorized(ground.access, url.host === base.host ? base : url, async (authorization) => {
    const answer = await http.get({ url, maxBytes, authorization, signal });
    if (answer.status === 401) throw faultOf(answer.url, 401, null);
    return answer.body;
  });
}

function chosenOf(index: ChartIndex, { name, version }: WantedChart, base: URL): ChartVersion {
  const offered = index.get(name);
  const subject = `${shown(base)}${name}`;
  if (offered === undefined)
    throw missing(subject, `${shown(base)} has no chart called ${name}.`, 'Check the name and the repository.');
  const chosen = chooseVersion(offered, version);
  if (chosen !== null) return chosen;
  const newest = offered[0] === undefined ? '' : `; the newest is ${offered[0].version}`;
  throw missing(subject, `${shown(base)} has no version ${version} of ${name}${newest}.`, 'Name a version it has.');
}

/** The archive of a version: from the disk where its digest is known, else from where the index says. */
async function archiveOf(chosen: ChartVersion, base: URL, way: Way): Promise<Omit<Had, 'isPinned'>> {
  const { version, digest } = chosen;
  const url = within(base, chosen.url);
  way.ground.gate.checkHost(url);
  const kept = digest === null ? null : await way.ground.cache.content(digest);
  const bytes = kept ?? (await bytesOf(url, base, { ...way, maxBytes: way.ground.limits.archiveBytes }));
  const found = digestOf(bytes);
  if (digest !== null && found !== digest) throw otherDigest(shown(url), digest, found);
  return { bytes, resolved: version, digest: found, layout: 'chart' };
}

function weightOf(index: ChartIndex): number {
  let weight = 0;
  for (const versions of index.values())
    for (const { version, url } of versions) weight += version.length + url.length + 100;
  return weight;
}
