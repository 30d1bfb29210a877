import { parseJson } from '../../formats/json.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonObject, type Json, pickText } from '../../model/json.ts';
import { notRendered } from './argocd-refusals.ts';

/** Whether Argo CD takes a file that it cannot read for a manifest (reposerver/repository `getObjsFromYAMLOrJson`). */
export function looksLikeManifest(text: string): boolean {
  return ['apiVersion:', 'kind:', 'metadata:'].every((mark) => text.includes(mark));
}

/** Throws `render-failed` for a JSON file that Argo CD refuses: it wants one object with a kind, and applies none without a version. */
export function judgeJson(file: string, text: string): void {
  let value: Json;
  try {
    value = parseJson(text.replace(/^\uFEFF/, ''));
  } catch (fault) {
    if (!(fault instanceof SyntaxError)) throw fault;
    throw notRendered(`${file} is not one JSON object`, { file, line: 1 });
  }
  const missing = ['kind', 'apiVersion'].find((key) => (pickText(value, key) ?? '') === '');
  if (missing !== undefined) throw notRendered(`${file} has no ${missing}`, { file, line: 1 });
}

/** As much of a file as is looked at a second time. */
const limits = { bytes: 1024 * 1024, nodes: 50_000 };

/**
 * What Argo CD makes of a YAML file in which something is no object: it reads up to there. Where objects came before, or the file looks
 * like a manifest, it refuses all (throws `render-failed`); else it takes nothing of the file.
 */
export function judgeDocuments(file: string, text: string): 'read' | 'skipped' {
  const documents = documentsOf(file, text);
  const at = documents.findIndex(({ value }) => !isJsonObject(value) || (pickText(value, 'kind') ?? '') === '');
  const found = documents[at];
  if (found === undefined) return 'read';
  if (at === 0 && !looksLikeManifest(text)) return 'skipped';
  throw notRendered(`a document of ${file} has no kind`, { file, line: found.line });
}

function documentsOf(file: string, text: string): ReturnType<typeof decodeYaml> {
  try {
    return decodeYaml({ file, bytes: new TextEncoder().encode(text), limits });
  } catch (fault) {
    // It was read within larger limits before.
    if (!(fault instanceof FairleadError)) throw fault;
    return [];
  }
}
