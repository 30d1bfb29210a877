import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  Pair,
  parseDocument,
  Scalar,
  type ToStringOptions,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import { quoted } from '../../formats/yaml/quoted.ts';
import { resolvePlain } from '../../formats/yaml/scalar.ts';
import { isJsonList, isJsonObject, type Json } from '../../model/json.ts';
import type { Path, PathSegment } from '../../model/path.ts';
import { NotWritable } from './adoption.ts';

/**
 * One YAML document with another value at a path (null takes it away). A value that takes the place of another is put between the
 * bytes around it; what is added or taken away goes through the document's tree, which keeps comments, order and quotes. Scalars are
 * taken as text throughout: what they mean to Kubernetes is not this library's to say.
 */
export function editDocument(text: string, path: Path, value: Json): string {
  const document = parseDocument(text, { keepSourceTokens: true, schema: 'failsafe', uniqueKeys: false });
  if (document.errors.length > 0) throw new NotWritable('The manifest is written in a way that cannot be edited.');
  const node = nodeAt(document.contents, path);
  if (value !== null && typeof value !== 'object' && isScalar(node)) return replace(text, node, value);
  change(document, path, value);
  return document.toString(styleOf(text));
}

function nodeAt(root: unknown, path: Path): unknown {
  let node = root;
  for (const segment of path) {
    if (typeof segment === 'string') node = isMap(node) ? node.get(segment, true) : undefined;
    else node = isSeq(node) ? node.items[indexOf(node, segment)] : undefined;
  }
  return node;
}

function indexOf(items: YAMLSeq, segment: PathSegment): number {
  if (typeof segment !== 'object') return Number(segment);
  const keys = Object.entries(segment);
  return items.items.findIndex((item) => isMap(item) && keys.every(([key, value]) => textOf(item, key) === `${value}`));
}

function textOf(item: YAMLMap, key: string): string {
  const value = item.get(key);
  return typeof value === 'string' ? value : key === 'protocol' ? 'TCP' : '';
}

/** Puts a scalar in the place of another, in the same quotes. */
function replace(text: string, node: Scalar, value: string | number | bigint | boolean): string {
  const token = node.srcToken;
  if (token === undefined) throw new NotWritable('The manifest is written in a way that cannot be edited.');
  if (token.type === 'block-scalar') return replaceBlock(text, node, value);
  const source = 'source' in token ? token.source : '';
  const { offset } = token;
  return `${text.slice(0, offset)}${scalarText(value, node.type)}${text.slice(offset + source.length)}`;
}

/** Lines in the place of lines: `|` and `>` keep their sign, and literal text its indentation. */
function replaceBlock(text: string, node: Scalar, value: string | number | bigint | boolean): string {
  const [start, end] = node.range ?? [0, 0];
  const old = text.slice(start, end);
  const [header = ''] = old.split('\n', 1);
  const indent = /\n([ ]+)\S/.exec(old)?.[1];
  const lines = String(value).replace(/\n$/, '').split('\n');
  const isLiteral = typeof value === 'string' && /^\|[+-]?\s*$/.test(header) && indent !== undefined;
  const hasOddLines =
    /^[\s]/.test(String(value)) || String(value).endsWith('\n\n') || /[^\n\x20-\x7e\u00a0-\ud7ff]/.test(String(value));
  if (!isLiteral || hasOddLines)
    return `${text.slice(0, start)}${scalarText(value, 'QUOTE_DOUBLE')}\n${text.slice(end)}`;
  const chomp = String(value).endsWith('\n') ? '' : '-';
  const body = lines.map((line) => (line === '' ? '' : `${indent}${line}`)).join('\n');
  return `${text.slice(0, start)}|${chomp}\n${body}\n${text.slice(end)}`;
}

function scalarText(value: string | number | bigint | boolean, style: Scalar.Type | undefined): string {
  if (typeof value !== 'string') return String(value);
  if (style === Scalar.QUOTE_SINGLE && /^[\x20-\x7e]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return style !== Scalar.QUOTE_DOUBLE && style !== Scalar.QUOTE_SINGLE && isPlain(value) ? value : quoted(value);
}

/** Harmless characters, and no word, number, date or time to anybody who reads YAML. */
function isPlain(text: string): boolean {
  const isHarmless = /^[A-Za-z0-9/_.][\w./@+-]*(?: [\w./@+-]+)*(?::[\w./@+-]+)*$/.test(text);
  return isHarmless && resolvePlain(text) === text && !/^\d+[:-][\d:.-]*$/.test(text);
}

function change(document: Document, path: Path, value: Json): void {
  const last = path.at(-1);
  const parent = nodeAt(document.contents, path.slice(0, -1));
  if (isMap(parent) && typeof last === 'string') put(parent, last, value);
  else if (isSeq(parent) && last !== undefined) put(parent, indexOf(parent, last), value);
  else throw new NotWritable('The manifest does not write the field where it is looked for.');
}

function put(parent: YAMLMap | YAMLSeq, key: string | number, value: Json): void {
  if (value === null) parent.delete(key);
  else parent.set(key, toNode(value));
}

function toNode(value: Json): YAMLMap | YAMLSeq | Scalar {
  if (isJsonList(value)) {
    const list = new YAMLSeq();
    for (const item of value) list.add(toNode(item));
    return list;
  }
  if (isJsonObject(value)) {
    const map = new YAMLMap();
    for (const [key, item] of Object.entries(value)) map.add(new Pair(toNode(key), toNode(item)));
    return map;
  }
  const scalar = new Scalar(String(value));
  scalar.type = typeof value !== 'string' || isPlain(value) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** How the document is indented, so that the rest of it is written as it was. */
function styleOf(text: string): ToStringOptions {
  const steps = [...text.matchAll(/^( +)[^\s#]/gm)].map(([, spaces = '']) => spaces.length);
  const hasFlatLists = /^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n\1- /m.test(text);
  return {
    indent: Math.min(8, ...steps) === 4 ? 4 : 2,
    indentSeq: !hasFlatLists,
    lineWidth: 0,
    flowCollectionPadding: !/[:-] [{[][^\s{}[\]]/.test(text),
  };
}
