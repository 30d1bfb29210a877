import { invalid, missing } from '../faults.ts';
import type { Ground, Had } from '../ground.ts';
import { chooseVersion } from '../versions/choose-version.ts';
import { parseConstraint } from '../versions/constraint.ts';
import { compareVersions, isExactVersion, parseVersion } from '../versions/version.ts';
import { isDigest, isTag, type OciRepository } from './reference.ts';
import type { Layer, Manifest, Registry } from './registry.ts';

/** What is asked of a registry: a tag or digest itself, or a range among its tags. */
export type OciRevision =
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'range'; readonly range: string };

/** How a version of a chart is asked for: like Helm, whatever could be a version is a tag (`+` is written `_` there). */
export function chartRevision(version: string): OciRevision {
  if (parseVersion(version) === null) return { kind: 'range', range: version };
  return { kind: 'tag', tag: version.replaceAll('+', '_') };
}

/** How a revision of an artifact is asked for. Throws `source-invalid` for what is neither tag, range nor digest. */
export function artifactRevision(revision: string): OciRevision {
  if (isDigest(revision)) return { kind: 'digest', digest: revision };
  const isRange = parseVersion(revision) === null && parseConstraint(revision) !== null;
  if (revision !== '' && isRange) return { kind: 'range', range: revision };
  const tag = revision === '' ? 'latest' : revision;
  if (isTag(tag)) return { kind: 'tag', tag };
  throw invalid('oci source', `${JSON.stringify(tag.slice(0, 200))} is no tag, range or sha256 digest.`, 'Correct it.');
}

/** Whether the revision always means the same; a tag does where it is a version. */
function isPinned(revision: OciRevision): boolean {
  return revision.kind === 'digest' || (revision.kind === 'tag' && isExactVersion(revision.tag.replaceAll('_', '+')));
}

/** One artifact to get. */
export interface WantedOci {
  readonly repository: OciRepository;
  readonly revision: OciRevision;
  /** Whether nothing but a chart will do. */
  readonly what: 'chart' | 'artifact';
}

/** Gets an artifact; its layer comes from the disk where it is kept. */
export async function artifactOf(
  { repository, revision, what }: WantedOci,
  { registry, ground, signal }: { readonly registry: Registry; readonly ground: Ground; readonly signal: AbortSignal },
): Promise<Had> {
  const tag =
    revision.kind === 'range' ? await newest({ repository, what }, revision.range, { registry, signal }) : null;
  const reference = tag ?? (revision.kind === 'digest' ? revision.digest : revision.kind === 'tag' ? revision.tag : '');
  const manifest = await registry.manifest(repository, reference, signal);
  const layer = layerOf(manifest, what, `oci://${repository.host}/${repository.name}:${reference}`);
  const kept = await ground.cache.content(layer.digest);
  const bytes = kept ?? (await registry.blob(repository, layer, signal));
  const resolved = what === 'chart' ? reference.replaceAll('_', '+') : reference;
  const layout = isChart(layer) ? 'chart' : 'artifact';
  return { bytes, resolved, digest: manifest.digest, layout, isPinned: isPinned(revision) };
}

/** The newest tag in a range. Of a chart only full versions count, as in Helm. */
async function newest(
  { repository, what }: Omit<WantedOci, 'revision'>,
  range: string,
  { registry, signal }: { readonly registry: Registry; readonly signal: AbortSignal },
): Promise<string> {
  const tags = await registry.tags(repository, signal);
  const versions = tags.flatMap((tag) => {
    const version = tag.replaceAll('_', '+');
    const parsed = parseVersion(version);
    const counts = parsed !== null && (what === 'artifact' || (isExactVersion(version) && !version.startsWith('v')));
    return counts ? [{ tag, version, parsed }] : [];
  });
  const chosen = chooseVersion(
    versions.sort((one, other) => compareVersions(other.parsed, one.parsed)),
    range,
  );
  if (chosen !== null) return chosen.tag;
  const subject = `oci://${repository.host}/${repository.name}`;
  const first = versions[0] === undefined ? 'it has no versions' : `the newest is ${versions[0].version}`;
  throw missing(subject, `${subject} has no version ${range === '' ? 'at all' : range}; ${first}.`, 'Name one it has.');
}

function layerOf(manifest: Manifest, what: WantedOci['what'], subject: string): Layer {
  const chart = manifest.layers.find(isChart);
  if (chart !== undefined) return chart;
  const archive = manifest.layers.find(({ mediaType }) => /[.+/]tar(?:[.+]gzip|\+gz)?$/.test(mediaType));
  if (what === 'artifact' && archive !== undefined) return archive;
  throw invalid(
    subject,
    `${subject} is no ${what === 'chart' ? 'Helm chart' : 'archive of files'}.`,
    'Check the address.',
  );
}

/** The content of a chart, by its type now and before Helm 3.7. */
function isChart({ mediaType }: Layer): boolean {
  return mediaType === 'application/vnd.cncf.helm.chart.content.v1.tar+gzip' || mediaType === 'application/tar+gzip';
}
