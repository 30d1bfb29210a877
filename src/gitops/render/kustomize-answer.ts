import { FairleadError } from '../../model/error.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { parseExactJson } from './exact-json.ts';
import type { ChartRequest } from './inflate.ts';

/** The charts that have to be rendered before the build can be made. */
export function wantedCharts(text: string): readonly ChartRequest[] {
  // So ends what was built: a large output need not be parsed to know.
  if (text.endsWith('"charts":null}')) return [];
  const charts: unknown = pick(parseExactJson(text), 'charts');
  // The module answers these by its contract, wasm/kustomize/inflate.go.
  return Array.isArray(charts) ? (charts as ChartRequest[]) : [];
}

/** The objects of a finished build. Throws `render-failed` with kustomize's own message. */
export function builtObjects(text: string, root: string): readonly JsonObject[] {
  const answer: Json = parseExactJson(text);
  const resources = pick(answer, 'resources');
  if (pick(answer, 'ok') === true && isJsonList(resources)) return resources.filter(isJsonObject);
  const message = pickText(answer, 'error') ?? 'no answer';
  throw new FairleadError({
    code: 'render-failed',
    message: `kustomize cannot build ${root || 'the repository root'}: ${message}`,
    subject: root === '' ? 'kustomization.yaml' : root,
    remedy: 'Correct the kustomization; `kustomize build` gives the same message.',
  });
}
