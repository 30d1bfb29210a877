import { flatten, goText } from '../../formats/argocd/go-text.ts';
import type { Parameters } from '../../formats/argocd/parameters.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import type { Tree } from '../../model/tree.ts';
import { treeFiles } from '../../tools/tree-files.ts';
import { refused } from './argocd-fault.ts';
import type { GeneratorContext } from './argocd-values.ts';

/** What files hold for one application. */
export interface FileParameters {
  readonly path: string;
  readonly parameters: Parameters;
}

interface NamedFiles {
  readonly tree: Tree;
  readonly paths: readonly string[];
  /** Of the repository, for messages. */
  readonly url: string;
  readonly pointer: string;
}

/**
 * The objects of YAML and JSON files, one or a list of them in each, an empty file counting as one with nothing; without Go
 * templates flattened to text. Links are followed within the tree.
 */
export async function fileParameters(
  { tree, paths, url, pointer }: NamedFiles,
  { signal, usesGoTemplate }: GeneratorContext,
): Promise<readonly FileParameters[]> {
  const places = await Promise.all(paths.map((path) => treeFiles(tree).resolve(path, signal)));
  const files = places.flatMap(({ kind, path: real }, index) => {
    return kind === 'file' ? [{ path: paths[index] ?? real, real }] : [];
  });
  const contents = await tree.read([...new Set(files.map(({ real }) => real))], signal);
  return files.flatMap(({ path, real }) => {
    const objects = objectsOf(path, contents.get(real) ?? new Uint8Array());
    if (typeof objects === 'string') {
      const message = `unable to process file '${path}' from repository '${url}': unable to parse file: ${objects}`;
      throw refused(pointer, message);
    }
    return objects.map((object) => ({ path, parameters: usesGoTemplate ? object : asText(object) }));
  });
}

/** Parameters are small; what is larger is something else. */
const limits = { bytes: 512 * 1024, nodes: 50_000 };

/** The objects, or why there are none. */
function objectsOf(file: string, bytes: Uint8Array): readonly JsonObject[] | string {
  try {
    const value = decodeYaml({ file, bytes, limits })[0]?.value ?? {};
    if (isJsonObject(value)) return [value];
    const items = isJsonList(value) ? value.map((item: Json) => item ?? {}) : [];
    const areObjects = isJsonList(value) && items.every((item) => isJsonObject(item));
    return areObjects ? items.filter(isJsonObject) : 'it holds neither an object nor a list of objects';
  } catch (fault) {
    if (!(fault instanceof FairleadError)) throw fault;
    return fault.message;
  }
}

function asText(object: JsonObject): Parameters {
  return Object.fromEntries(Object.entries(flatten(object)).map(([key, value]) => [key, goText(value)]));
}
