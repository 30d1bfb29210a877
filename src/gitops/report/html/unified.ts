import { toYaml } from '../../../formats/yaml/write.ts';
import type { PathChange } from '../../../model/change.ts';
import { isJsonList, isJsonObject, type Json } from '../../../model/json.ts';
import type { PathSegment } from '../../../model/path.ts';
import { changedLines, isLong } from '../values.ts';

/** One line of a unified text: it stands on both sides, only before, only after, or says that lines are left out. */
export interface Line {
  readonly sign: ' ' | '-' | '+' | '@';
  readonly text: string;
}

interface Node {
  readonly segment: PathSegment;
  readonly children: Map<string, Node>;
  change: PathChange | null;
}

/** The changed paths of an object as YAML: their parents once, then what goes and what comes. Long texts line by line. */
export function unifiedLines(paths: readonly PathChange[]): readonly Line[] {
  const root: Node = { segment: '', children: new Map(), change: null };
  for (const path of paths) place(root, path);
  const whole = root.change === null ? [] : signed(root.change, (value) => blockOf(value));
  return [...whole, ...below(root, '')];
}

/** The lines that `changedLines` wrote, sign and text apart. Only what it says itself begins with `@@`: lines left out. */
export function parseLines(changed: string): readonly Line[] {
  return changed.split('\n').map((line) => {
    const sign = signs.find((one) => line.startsWith(one)) ?? ' ';
    return { sign, text: sign === '@' ? '…' : line.slice(1) };
  });
}

const signs = ['+', '-', '@', ' '] as const;

function place(root: Node, change: PathChange): void {
  let node = root;
  for (const segment of change.path) {
    const key = `${typeof segment} ${JSON.stringify(segment)}`;
    const next: Node = node.children.get(key) ?? { segment, children: new Map(), change: null };
    node.children.set(key, next);
    node = next;
  }
  node.change = change;
}

function below(node: Node, indent: string): readonly Line[] {
  return [...node.children.values()].flatMap((child) => {
    const own = child.change === null ? [] : leaf(child.change, child.segment, indent);
    if (child.children.size === 0) return own;
    return [...own, ...heading(child.segment, indent), ...below(child, `${indent}  `)];
  });
}

/** The lines that lead to what is below: `spec:`, or the keys that name a list item. */
function heading(segment: PathSegment, indent: string): readonly Line[] {
  if (typeof segment === 'string') return same([`${keyOf(segment)}:`], indent);
  if (typeof segment === 'number') return same([`- # item ${segment}`], indent);
  return same(asItem(blockOf(segment)), indent);
}

function leaf(change: PathChange, segment: PathSegment, indent: string): readonly Line[] {
  const { before, after } = change;
  if (typeof segment !== 'string') return signed(change, (value) => asItem(blockOf(value)), indent);
  const isText = typeof before === 'string' && typeof after === 'string' && isLong(before, after);
  const changed = isText ? changedLines(before, after) : null;
  if (changed === null) return signed(change, (value) => linesOf(toYaml({ [segment]: value })), indent);
  return [...same([`${keyOf(segment)}: |`], indent), ...hunks(changed.text, `${indent}  `)];
}

function hunks(changed: string, indent: string): readonly Line[] {
  return parseLines(changed).map(({ sign, text }) => ({ sign, text: `${indent}${text}` }));
}

/** What goes and what comes; absent is null. */
function signed(
  { before, after }: PathChange,
  write: (value: Json) => readonly string[],
  indent = '',
): readonly Line[] {
  const lines = (sign: '-' | '+', value: Json): readonly Line[] =>
    value === null ? [] : write(value).map((text) => ({ sign, text: `${indent}${text}` }));
  return [...lines('-', before), ...lines('+', after)];
}

function same(lines: readonly string[], indent: string): readonly Line[] {
  return lines.map((text) => ({ sign: ' ', text: `${indent}${text}` }));
}

/** A value as lines of YAML that stand for themselves. */
function blockOf(value: Json): readonly string[] {
  if (isJsonObject(value)) return linesOf(toYaml(value));
  const [first = '', ...rest] = linesOf(toYaml({ v: value }));
  return isJsonList(value) && value.length > 0 ? rest : [first.slice('v: '.length), ...rest];
}

function asItem(lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`);
}

function keyOf(key: string): string {
  return linesOf(toYaml({ [key]: 0 }))[0]?.slice(0, -': 0'.length) ?? key;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}
