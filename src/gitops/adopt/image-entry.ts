import { type Json, type JsonObject, pickText } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import { addition } from './addition.ts';
import { NotWritable, type Wanted } from './adoption.ts';
import { type Image, splitImage } from './image.ts';

/** What is written into `images:`, and the name by which it matches. */
export interface ImageEdits {
  readonly name: string;
  readonly edits: readonly { readonly path: Path; readonly value: Json }[];
}

/**
 * The `images:` entry that gives a container its live image: the one that gives it its image now, else one more. kustomize: a new tag
 * or digest replaces tag and digest both (imagetag/updater.go). Throws `NotWritable`.
 */
export function imageEdits({ git, live: wanted }: Pick<Wanted, 'git' | 'live'>, entries: readonly Json[]): ImageEdits {
  const [now, live] = [splitImage(String(git)), splitImage(String(wanted))];
  if (live.name === '' || (live.tag === '' && live.digest === ''))
    throw new NotWritable(`The live image ${String(wanted)} has neither tag nor digest, which images: cannot say.`);
  const found = entries.flatMap((entry, index) =>
    (pickText(entry, 'newName') ?? pickText(entry, 'name')) === now.name ? [{ entry, index }] : [],
  );
  const [first] = found;
  if (found.length > 1) throw new NotWritable(`Several entries of images: name ${now.name}.`);
  if (first === undefined) return { name: now.name, edits: [added(now.name, live, entries)] };
  const name = pickText(first.entry, 'name') ?? now.name;
  const fields = {
    newName: live.name === name ? null : live.name,
    newTag: orNull(live.tag),
    digest: orNull(live.digest),
  };
  const edits = Object.entries(fields).map(([field, value]) => ({ path: ['images', first.index, field], value }));
  return { name, edits };
}

function added(name: string, live: Image, entries: readonly Json[]): ImageEdits['edits'][number] {
  const entry: JsonObject = {
    name,
    ...(live.name === name ? {} : { newName: live.name }),
    ...(live.tag === '' ? {} : { newTag: live.tag }),
    ...(live.digest === '' ? {} : { digest: live.digest }),
  };
  return addition('images', entries, entry);
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
