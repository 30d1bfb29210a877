import { invalid, missing } from '../faults.ts';
import type { Ground, Had } from '../ground.ts';
import { chooseVersion } from '../versions/choose-version.ts';
import { parseConstraint } from '../versions/constraint.ts';
import { compareVersions, isExactVersion, parseVersion } from '../versions/version.ts';
import { isManifest, type Layer, type Manifest, type ManifestIndex } from './manifest.ts';
import { isDigest, isTag, type OciRepository } from './reference.ts';
import type { Registry } from './registry.ts';

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
  const reference = await referenceOf({ repository, revision, what }, { registry, signal });
  const manifest = await registry.manifest(repository, reference, signal);
  const subject = `oci://${repository.host}/${repository.name}${isDigest(reference) ? '@' : ':'}${reference}`;
  const layer =
    manifest.kind === 'index'
      ? await layerAmong(manifest, { repository, what, subject }, { registry, signal })
      : layerOf(manifest, what);
  if (layer === null) throw noneOfKind(what, subject);
  const kept = await ground.cache.content(layer.digest);
  const bytes = kept ?? (await registry.blob(repository, layer, signal));
  const resolved = what === 'chart' ? reference.replaceAll('_', '+') : reference;
  const layout = isChart(layer) ? 'chart' : 'artifact';
  return { bytes, resolved, digest: manifest.digest, layout, isPinned: isPinned(revision) };
}

/** The tag or digest to ask for. */
async function referenceOf(
  { revision, ...wanted }: WantedOci,
  way: { readonly registry: Registry; readonly signal: AbortSignal },
): Promise<string> {
  switch (revision.kind) {
    case 'digest':
      return revision.digest;
    case 'tag':
      return revision.tag;
    case 'range':
      return newest(wanted, revision.range, way);
    default:
      return revision satisfies never;
  }
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

/** The layer that is asked for; null where there is none. */
function layerOf(manifest: Manifest, what: WantedOci['what']): Layer | null {
  const chart = manifest.layers.find(isChart);
  if (chart !== undefined) return chart;
  const archive = manifest.layers.find(({ mediaType }) => /[.+/]tar(?:[.+]gzip|\+gz)?$/.test(mediaType));
  return what === 'artifact' ? (archive ?? null) : null;
}

/** Manifests of one index that are looked at. */
const mostManifests = 16;

/**
 * The layer of the one manifest of an index that has what is asked for. Of several Helm takes one by chance; Flux looks at those of its own
 * platform only, which is linux/amd64 wherever it runs.
 */
async function layerAmong(
  { manifests }: ManifestIndex,
  { repository, what, subject }: Omit<WantedOci, 'revision'> & { readonly subject: string },
  { registry, signal }: { readonly registry: Registry; readonly signal: AbortSignal },
): Promise<Layer | null> {
  const fitting = manifests.filter(
    (entry) => isManifest(entry) && (what === 'chart' || [null, 'linux/amd64'].includes(entry.platform)),
  );
  if (fitting.length > mostManifests)
    throw invalid(
      subject,
      `${subject} is an index of more than ${mostManifests} manifests.`,
      'Name one by its digest.',
    );
  const found = new Map<string, Layer>();
  for (const { digest } of fitting) {
    const manifest = await registry.manifest(repository, digest, signal);
    const layer = manifest.kind === 'manifest' ? layerOf(manifest, what) : null;
    if (layer !== null) found.set(layer.digest, layer);
  }
  const [first, second] = found.values();
  if (second === undefined) return first ?? null;
  const things = what === 'chart' ? 'charts' : 'archives of files';
  throw invalid(
    subject,
    `${subject} is an index of ${found.size} ${things}, of which a controller may take any.`,
    'Publish one under this name, or name one by its digest.',
  );
}

function noneOfKind(what: WantedOci['what'], subject: string): Error {
  const kind = what === 'chart' ? 'Helm chart' : 'archive of files';
  return invalid(subject, `${subject} is no ${kind}.`, 'Check the address.');
}

/** The content of a chart, by its type now and before Helm 3.7. */
function isChart({ mediaType }: Layer): boolean {
  return mediaType === 'application/vnd.cncf.helm.chart.content.v1.tar+gzip' || mediaType === 'application/tar+gzip';
}
