import { type Document, isMap, isSeq, parseAllDocuments, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';

/** Lines are never folded. */
const style = { lineWidth: 0 } as const;

/**
 * A kustomization file's text after a change: lines and comments stay where they are. A file that is no YAML map comes back as it is:
 * kustomize says why.
 */
export function editKustomization(text: string, change: (document: Document, contents: YAMLMap) => void): string {
  const [document] = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: false });
  if (document === undefined || document.errors.length > 0) return text;
  if (!isMap(document.contents)) return text;
  const before = document.toString(style);
  change(document, document.contents);
  const after = document.toString(style);
  return after === before ? text : after;
}

/** Sets a field to a text; null leaves it as it is. */
export function setText(document: Document, key: string, value: string | null): void {
  if (value !== null) document.set(key, node(value));
}

/** Adds items to the end of a list, which is made where there is none. */
export function append(document: Document, key: string, items: readonly Json[]): void {
  if (items.length === 0) return;
  const list = document.get(key);
  const nodes = items.map(node);
  if (isSeq(list)) list.items.push(...nodes);
  else document.set(key, node(items));
}

/** What is added, all text quoted: it may read as nothing else. */
export function node(value: Json): Scalar | YAMLMap | YAMLSeq {
  if (isJsonList(value)) {
    const list = new YAMLSeq();
    list.items = value.map(node);
    return list;
  }
  if (isJsonObject(value)) {
    const map = new YAMLMap();
    for (const [key, item] of Object.entries(value)) map.set(key, node(item));
    return map;
  }
  const scalar = new Scalar(String(value));
  scalar.type = typeof value === 'string' ? Scalar.QUOTE_DOUBLE : Scalar.PLAIN;
  return scalar;
}
