import { decodeYaml } from '../../formats/yaml/decode.ts';
import { isJsonList, isJsonObject, type Json, pickText } from '../../model/json.ts';
import { formatResource } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import { type Draft, NotWritable, type Wanted } from './adoption.ts';
import { splitImage } from './image.ts';
import { identityOf } from './manifest.ts';

/**
 * Throws `NotWritable` when an `images:` entry of this name would change more than the one container: another one of the object, or of
 * another object among the application's inputs.
 */
export async function refuseShared(
  { resource, git, live }: Wanted,
  name: string,
  { application, draft }: { readonly application: Application; readonly draft: Draft },
  signal: AbortSignal,
): Promise<void> {
  const own = imagesOf(resource.object).filter((image) => splitImage(image).name === splitImage(String(git)).name);
  if (own.filter((image) => image !== live).length > 1)
    throw new NotWritable(
      `Several containers of ${formatResource(resource.id)} use this image; images: would change them all.`,
    );
  const names = new Set([name, splitImage(String(git)).name]);
  for (const file of application.inputs.filter((input) => /\.(?:ya?ml|json)$/.test(input) && draft.has(input))) {
    const bytes = new TextEncoder().encode(await draft.read(file, signal));
    for (const { value } of documentsOf(file, bytes)) {
      const written = identityOf(value);
      const isSame = written.kind === resource.id.kind && resource.id.name.includes(written.name);
      if (isSame || !imagesOf(value).some((image) => names.has(splitImage(image).name))) continue;
      const place = `${written.kind} ${written.name} (${file})`;
      throw new NotWritable(`${place} uses the same image; an entry of images: would change it too.`);
    }
  }
}

/** Inputs that hold no YAML after all (files of generators) hold no container. */
function documentsOf(file: string, bytes: Uint8Array): readonly { readonly value: Json }[] {
  try {
    return decodeYaml({ file, bytes });
  } catch {
    return [];
  }
}

/** Images of all containers anywhere in a value. */
function imagesOf(value: Json): readonly string[] {
  if (isJsonList(value)) return value.flatMap(imagesOf);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const isContainers = key === 'containers' || key === 'initContainers';
    const own = isContainers && isJsonList(child) ? child.flatMap((item) => pickText(item, 'image') ?? []) : [];
    return [...own, ...imagesOf(child)];
  });
}
