import { goText } from '../../formats/argocd/go-text.ts';
import type { Parameters } from '../../formats/argocd/parameters.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { refused } from './argocd-fault.ts';
import type { GeneratorContext } from './argocd-values.ts';

/** Parameters of a list (Argo CD 3.5, applicationset/generators/list.go): its elements, then those of `elementsYaml`. */
export function listParameters(
  generator: JsonObject,
  pointer: string,
  { usesGoTemplate }: GeneratorContext,
): readonly Parameters[] {
  const elements = isJsonList(generator['elements']) ? generator['elements'] : [];
  const written = elements.map((element, index) => {
    const at = `${pointer}/elements/${index}`;
    if (element !== null && !isJsonObject(element)) {
      throw refused(at, `error unmarshling list element: ${goText(element)} is no object`);
    }
    return usesGoTemplate ? (element ?? {}) : plainElement(element ?? {}, at);
  });
  return [...written, ...yamlElements(generator['elementsYaml'], `${pointer}/elementsYaml`)];
}

/** Without Go templates everything is text, and `values` the only object. */
function plainElement(element: JsonObject, pointer: string): Parameters {
  return Object.fromEntries(
    Object.entries(element).flatMap(([key, value]) => {
      if (key !== 'values') return [[key, textOf(value, `${pointer}/${key}`)]];
      if (!isJsonObject(value)) throw refused(`${pointer}/values`, 'error parsing values map');
      return Object.entries(value).map(([name, item]) => [`values.${name}`, textOf(item, `${pointer}/values/${name}`)]);
    }),
  );
}

function textOf(value: Json, pointer: string): string {
  if (typeof value === 'string') return value;
  throw refused(
    pointer,
    `error parsing value as string: ${goText(value)} is none; without goTemplate every value is text`,
  );
}

function yamlElements(text: Json | undefined, pointer: string): readonly Parameters[] {
  if (typeof text !== 'string' || text === '') return [];
  const refuse = (why: string) => refused(pointer, `error unmarshling decoded ElementsYaml ${why}`);
  try {
    const bytes = new TextEncoder().encode(text);
    const value = decodeYaml({ file: 'elementsYaml', bytes, limits })[0]?.value ?? [];
    const items = isJsonList(value) ? value.map((item: Json) => item ?? {}) : [];
    if (!isJsonList(value) || !items.every((item) => isJsonObject(item))) throw refuse('it is no list of objects');
    return items.filter(isJsonObject);
  } catch (fault) {
    throw fault instanceof FairleadError ? refuse(fault.message) : fault;
  }
}

const limits = { bytes: 512 * 1024, nodes: 50_000 };
