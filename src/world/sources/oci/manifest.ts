import { isJsonList, type Json, type JsonObject, pick, pickText } from '../../../model/json.ts';
import { invalid } from '../faults.ts';
import { isDigest } from './reference.ts';

/** One blob a manifest names. */
export interface Layer {
  readonly mediaType: string;
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** A manifest of an artifact. */
export interface Manifest {
  readonly kind: 'manifest';
  readonly digest: string;
  readonly layers: readonly Layer[];
}

/** A list of manifests under one name. */
export interface ManifestIndex {
  readonly kind: 'index';
  readonly digest: string;
  readonly manifests: readonly IndexEntry[];
}

/** A manifest of an index, to be had by its digest. */
export interface IndexEntry extends Layer {
  /** `OS/ARCHITECTURE`; null where it does not say. */
  readonly platform: string | null;
}

/** What is asked for where a manifest is. */
export const manifestTypes: readonly string[] = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** Whether an entry is a manifest of the kinds that are read; an index within an index is none. */
export function isManifest({ mediaType }: Layer): boolean {
  return manifestTypes.slice(0, 2).includes(mediaType);
}

/** Reads what a registry gave. Throws `source-invalid`. */
export function readManifest(
  value: JsonObject,
  { digest, subject }: { readonly digest: string; readonly subject: string },
): Manifest | ManifestIndex {
  const [layers, manifests] = [pick(value, 'layers'), pick(value, 'manifests')];
  if (isJsonList(layers)) return { kind: 'manifest', digest, layers: layers.map((layer) => blobOf(layer, subject)) };
  if (isJsonList(manifests))
    return { kind: 'index', digest, manifests: manifests.map((entry) => entryOf(entry, subject)) };
  throw invalid(subject, `${subject} is no manifest of an artifact.`, 'Name the tag or digest of an artifact.');
}

function entryOf(value: Json, subject: string): IndexEntry {
  const [os, architecture] = [pickText(value, 'platform', 'os'), pickText(value, 'platform', 'architecture')];
  const platform = os === undefined || architecture === undefined ? null : `${os}/${architecture}`;
  return { ...blobOf(value, subject), platform };
}

function blobOf(value: Json, subject: string): Layer {
  const [mediaType, digest, size] = [pickText(value, 'mediaType'), pickText(value, 'digest'), pick(value, 'size')];
  if (mediaType !== undefined && digest !== undefined && isDigest(digest) && typeof size === 'number')
    return { mediaType, digest, size };
  throw invalid(subject, `${subject} names a layer without type, size and sha256 digest.`, 'Publish it anew.');
}
