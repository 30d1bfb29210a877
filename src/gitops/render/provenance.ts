import type { KustomizeInputs } from '../../formats/kustomization/kustomize-inputs.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import type { Source } from '../../model/resource.ts';
import { generatedNames, manifestNames, type NamedPlace } from './manifest-names.ts';

/** What the sources are found in. */
export interface ProvenanceInput {
  /** By path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly closure: Pick<KustomizeInputs, 'manifests' | 'files'>;
  /** What helm printed for the charts of the kustomization, and where each is named. */
  readonly charts?: readonly { readonly printed: string; readonly namedAt: Source }[];
}

/**
 * The file and line that a built object most likely came from: the manifest, or the generator, of the same kind whose name is
 * the longest part of the object's name (prefixes, suffixes and hashes are added around it). kustomize can tell it
 * exactly, but that doubles the time of a build. Null where nothing fits.
 */
export function findSources(
  objects: readonly JsonObject[],
  { files, closure, charts = [] }: ProvenanceInput,
): readonly (Source | null)[] {
  const places = new Map<string, NamedPlace[]>();
  const add = (place: NamedPlace) => {
    const known = places.get(place.kind);
    if (known === undefined) places.set(place.kind, [place]);
    else known.push(place);
  };
  const text = (file: string) => new TextDecoder().decode(files.get(file));
  for (const file of closure.manifests) for (const place of manifestNames(file, text(file))) add(place);
  const manifests = new Set(closure.manifests);
  for (const file of closure.files.filter((path) => files.has(path) && !manifests.has(path))) {
    for (const place of generatedNames(file, text(file))) add(place);
  }
  for (const { printed, namedAt } of charts) {
    for (const place of manifestNames(namedAt.file, printed)) add({ ...place, line: namedAt.line });
  }
  return objects.map((object) =>
    nearest(pickText(object, 'metadata', 'name') ?? '', places.get(pickText(object, 'kind') ?? '')),
  );
}

function nearest(name: string, places: readonly NamedPlace[] | undefined): Source | null {
  let best: NamedPlace | null = null;
  for (const place of places ?? []) {
    if (name.includes(place.name) && place.name.length > (best?.name.length ?? 0)) best = place;
  }
  return best === null ? null : { file: best.file, line: best.line };
}
