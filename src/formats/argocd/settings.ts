import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { compileSelector, type Selector } from './label-selector.ts';

/** Whether a text may hold the ConfigMaps with settings of Argo CD. */
export function maybeSettings(text: Buffer): boolean {
  return text.includes('argocd-cm');
}

/** A project that is laid over those whose labels are chosen. */
export interface GlobalProject {
  readonly name: string;
  readonly isMeant: Selector;
}

/** `globalProjects` of `argocd-cm`, as its YAML reads; as with Argo CD a selector that is broken ends the list. */
export function readGlobalProjects(value: Json): readonly GlobalProject[] {
  const found: GlobalProject[] = [];
  for (const entry of isJsonList(value) ? value : []) {
    const selector = pick(entry, 'labelSelector');
    const isMeant = compiled(isJsonObject(selector) ? selector : {});
    if (isMeant === null) break;
    found.push({ name: pickText(entry, 'projectName') ?? '', isMeant });
  }
  return found;
}

function compiled(selector: JsonObject): Selector | null {
  try {
    return compileSelector(selector);
  } catch (fault) {
    if (fault instanceof SyntaxError) return null;
    throw fault;
  }
}
