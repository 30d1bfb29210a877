import { kustomizationNames } from '../../formats/kustomization/kustomize-inputs.ts';
import { decodeYaml, type YamlDocument } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonList, type Json, pick, pickText } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import { isHarmless, type OpenValue } from './open-values.ts';

/** Values that a kustomization gives its `secretGenerator` literally, as `key=value`. Other files have none. */
export function generatorLiterals(path: string, text: string): readonly OpenValue[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!kustomizationNames.includes(name) || !text.includes('secretGenerator')) return [];
  return documentsIn(path, text).flatMap((document) =>
    listOf(pick(document.value, 'secretGenerator')).flatMap((generator, index) =>
      literalsOf(path, document, { generator, index }),
    ),
  );
}

/** The YAML documents of a file. A broken one is not read here: the render says why. */
export function documentsIn(path: string, text: string): readonly YamlDocument[] {
  try {
    return decodeYaml({ file: path, bytes: new TextEncoder().encode(text) });
  } catch (fault) {
    if (fault instanceof FairleadError && fault.code === 'decode-failed') return [];
    throw fault;
  }
}

function literalsOf(
  file: string,
  { lines, line }: YamlDocument,
  { generator, index }: { readonly generator: Json; readonly index: number },
): readonly OpenValue[] {
  const subject = `secretGenerator ${pickText(generator, 'name') ?? index}`;
  const holder = { subject, resource: null, file };
  return listOf(pick(generator, 'literals')).flatMap((literal, position): readonly OpenValue[] => {
    if (typeof literal !== 'string') return [];
    const [, key, value = ''] = /^([^=]+)=(.*)$/s.exec(literal) ?? [];
    if (key === undefined || isHarmless(unquoted(value))) return [];
    const place = lines.get(formatPointer(['secretGenerator', index, 'literals', position])) ?? line;
    return [{ holder, name: `literals.${key}`, line: place, value: [subject, key, value].join('\u0000') }];
  });
}

/** As kustomize reads it. */
function unquoted(value: string): string {
  return /^(["'])(.*)\1$/s.exec(value.trim())?.[2]?.trim() ?? value.trim();
}

function listOf(value: Json | undefined): readonly Json[] {
  return isJsonList(value) ? value : [];
}
