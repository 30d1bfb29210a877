import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FairleadError } from '../../../model/error.ts';
import type { Tree } from '../../../model/tree.ts';
import { authorized } from '../access.ts';
import type { ContentFile } from '../archive/content-tree.ts';
import { pack } from '../archive/pack.ts';
import { invalid, missing, refused, shown, tooLarge, unreachable } from '../faults.ts';
import type { Ground, Had } from '../ground.ts';
import type { WantedGit } from '../sources.ts';
import { watchGrowth } from './growth.ts';
import type { Mirror, MirrorFetch, OpenMirror } from './mirror.ts';
import { isRange, offeredRef } from './range.ts';
import { type Ref, refsOf } from './ref.ts';

/** How repositories are reached. */
export interface GitOptions {
  readonly openMirror: OpenMirror;
  /** Protocols besides https; only tests name any. */
  readonly protocols: readonly string[];
}

/** The URL of a repository. Throws `source-invalid`. */
export function gitUrl(text: string, { protocols }: Pick<GitOptions, 'protocols'>): URL {
  const url = URL.parse(text);
  const isSpoken = url !== null && ['https:', ...protocols].includes(url.protocol);
  if (url !== null && isSpoken && url.username === '' && url.password === '') return url;
  throw invalid(
    'Git source',
    'The address of a Git repository is not written as https://HOST/…, without credentials.',
    'Correct it; credentials stand in the file of the server. SSH is not spoken.',
  );
}

/**
 * Fetches one commit with git into a folder that is removed afterwards. Git looks up names itself, so it is told the addresses that
 * were checked; it follows no redirects.
 */
export async function gitContent(wanted: WantedGit, way: Way): Promise<Had> {
  const url = gitUrl(wanted.url, way.git);
  const addresses = await way.ground.gate.addresses(url);
  return authorized(way.ground.access, url, (authorization) =>
    contentOver({ url, addresses, authorization }, wanted, way),
  );
}

interface Way {
  readonly ground: Ground;
  readonly git: GitOptions;
  readonly signal: AbortSignal;
}

async function contentOver(
  { url, addresses, authorization }: Door,
  wanted: WantedGit,
  { ground, git, signal }: Way,
): Promise<Had> {
  const dir = await mkdtemp(join(tmpdir(), 'fairlead-source-'));
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ground.limits.gitMs)]);
  const growth = watchGrowth(dir, ground.limits.archiveBytes, limit);
  try {
    const header = authorization === null ? null : `Authorization: ${authorization}`;
    const from = { url, config: await configOf(url, addresses, { ground, dir }), header };
    const mirror = await git.openMirror(join(dir, 'mirror'), growth.signal);
    return await contentOf(from, wanted, { mirror, ground, signal: growth.signal }).finally(() => mirror.close());
  } catch (fault) {
    signal.throwIfAborted();
    if (growth.isExceeded()) throw tooLarge(shown(url), ground.limits.archiveBytes);
    if (limit.aborted) throw unreachable(shown(url), 'it did not answer in time', { cause: fault });
    throw fault;
  } finally {
    growth.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Where a repository is, and what is shown there. */
interface Door {
  readonly url: URL;
  readonly addresses: readonly string[];
  readonly authorization: string | null;
}

async function contentOf(
  from: From,
  wanted: WantedGit,
  { mirror, ground, signal }: { readonly mirror: Mirror; readonly ground: Ground; readonly signal: AbortSignal },
): Promise<Had> {
  const ref = isRange(wanted)
    ? await fetchOffered(wanted, from, { mirror, signal })
    : await fetchFirst(refsOf(wanted.revision), from, { mirror, signal });
  const commit = await mirror.resolve(ref.kept, signal);
  const tree = await mirror.tree(commit, signal);
  const bytes = await pack(await filesOf(tree, shown(from.url), { ground, signal }));
  return { bytes, resolved: ref.tag ?? commit, digest: `git:${tree.id}`, layout: 'commit', isPinned: ref.isPinned };
}

type From = Pick<MirrorFetch, 'config' | 'header'> & { readonly url: URL };

/** What the server has is asked first, since what looks like a range may be the name of a branch. */
async function fetchOffered(
  wanted: WantedGit,
  from: From,
  way: { readonly mirror: Mirror; readonly signal: AbortSignal },
): Promise<Ref> {
  const { url, ...more } = from;
  const offered = await way.mirror.remoteRefs({ url: url.href, ...more }, way.signal).catch((fault) => {
    throw faultOf(fault, url);
  });
  return fetchFirst([offeredRef(wanted, offered, shown(url))], from, way);
}

async function fetchFirst(
  refs: readonly Ref[],
  { url, ...more }: From,
  { mirror, signal }: { readonly mirror: Mirror; readonly signal: AbortSignal },
): Promise<Ref> {
  for (const [index, ref] of refs.entries()) {
    try {
      await mirror.fetch({ url: url.href, refs: [ref.name], depth: 1, ...more }, signal);
      return ref;
    } catch (fault) {
      const isLast = index === refs.length - 1;
      if (isLast || !isRefMissing(fault)) throw faultOf(fault, url);
    }
  }
  throw new Error('a revision means at least one ref');
}

function isRefMissing(fault: unknown): boolean {
  return fault instanceof FairleadError && /couldn't find remote ref/.test(fault.message);
}

/** What git says, as the faults of sources; its text is free of credentials. */
function faultOf(fault: unknown, url: URL): unknown {
  if (!(fault instanceof FairleadError) || fault.code !== 'fetch-failed') return fault;
  const subject = shown(url);
  const said = fault.message;
  if (/Authentication failed|could not read Username|terminal prompts disabled|error: 401/.test(said))
    return refused(subject, url.host, 401);
  if (/error: 403/.test(said)) return refused(subject, url.host, 403);
  if (/couldn't find remote ref|not our ref|unadvertised object/.test(said))
    return missing(subject, `${subject} has no such commit, tag or branch.`, 'Name a full commit id or a tag it has.');
  if (/not found/.test(said))
    return missing(
      subject,
      `${subject} does not exist.`,
      'Check the name; some servers say so when credentials are missing.',
    );
  return unreachable(subject, 'git could not fetch from it', { cause: fault });
}

/** `http.curloptResolve` binds the name to the addresses that were checked; an empty proxy is none, whatever the environment says. */
async function configOf(
  url: URL,
  addresses: readonly string[],
  { ground, dir }: { readonly ground: Ground; readonly dir: string },
): Promise<Readonly<Record<string, string>>> {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  const places = addresses.map((address) => (isIP(address) === 6 ? `[${address}]` : address)).join(',');
  const isName = isIP(url.hostname.replace(/^\[(.*)\]$/, '$1')) === 0;
  const authority = await ground.access.authority(url);
  const caFile = join(dir, 'ca.pem');
  if (authority !== null) await writeFile(caFile, authority);
  return {
    'http.proxy': '',
    // Always one pack, whose growth can be watched.
    'fetch.unpackLimit': '1',
    // Bytes a second, and the seconds git bears less.
    'http.lowSpeedLimit': '1',
    'http.lowSpeedTime': String(Math.ceil(ground.limits.silenceMs / 1000)),
    ...(isName ? { 'http.curloptResolve': `${url.hostname}:${port}:${places}` } : {}),
    ...(authority === null ? {} : { 'http.sslCAInfo': caFile }),
  };
}

/** The files of a tree; submodules and names that are no UTF-8 are left out. */
async function filesOf(
  tree: Tree,
  subject: string,
  { ground, signal }: { readonly ground: Ground; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, ContentFile>> {
  const { unpackedBytes } = ground.limits;
  const entries = tree.entries.filter(({ mode, path }) => mode !== '160000' && !path.includes('\uFFFD'));
  if (entries.reduce((sum, { size }) => sum + size, 0) > unpackedBytes) throw tooLarge(subject, unpackedBytes);
  const contents = await tree.read(
    entries.map(({ path }) => path),
    signal,
  );
  return new Map(
    entries.map(({ path, mode }) => [
      path,
      { mode: mode === '160000' ? '100644' : mode, bytes: contents.get(path) ?? new Uint8Array() },
    ]),
  );
}
