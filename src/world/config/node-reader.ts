import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { setKey } from '../../formats/yaml/frame.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import { type ConfigPath, type ConfigProblem, type Place, pathText, quote } from './problem.ts';

/** Why reading stopped. Stays inside this room. */
export class Refusal extends Error {
  readonly offset: number;
  readonly fix: string;

  constructor(offset: number, message: string, fix: string) {
    super(message);
    this.name = 'Refusal';
    this.offset = offset;
    this.fix = fix;
  }
}

const limits = { depth: 32, aliases: 100, values: 20_000 };

/** Makes plain values of parsed nodes, aliases and `<<` written out, and notes where everything stands. */
export class NodeReader {
  readonly places = new Map<string, Place>();
  readonly problems: Omit<ConfigProblem, 'file'>[] = [];
  readonly #placeAt: (offset: number) => Place;
  readonly #anchors = new Map<string, Node>();
  /** What an alias stood for when it was first met: the anchor's name may be given again later. */
  readonly #targets = new Map<Alias, Node>();
  readonly #seen = new Set<Node>();
  readonly #open = new Set<Node>();
  #aliases = 0;
  #values = 0;

  constructor(placeAt: (offset: number) => Place) {
    this.#placeAt = placeAt;
  }

  /** Throws `Refusal` when a limit is passed or an alias leads nowhere. */
  read(node: Node | null): Json {
    this.places.set('', { line: 1, column: 1 });
    return this.#value(node, []);
  }

  #value(node: unknown, path: ConfigPath): Json {
    const known = this.#target(node);
    if (known === null) return null;
    this.#spend(known, path);
    if (isScalar(known)) return scalarOf(known);
    if (this.#open.has(known)) throw new Refusal(startOf(known), 'an anchor contains itself', 'Remove the alias.');
    this.#open.add(known);
    const value = isMap(known) ? this.#map(known, path) : this.#list(known, path);
    this.#open.delete(known);
    return value;
  }

  #spend(node: Node, path: ConfigPath): void {
    this.#values += 1;
    const fix = 'Make the file simpler.';
    if (this.#values > limits.values) {
      const message = `the file holds more than ${limits.values} values once aliases are written out`;
      throw new Refusal(startOf(node), message, fix);
    }
    if (path.length <= limits.depth) return;
    throw new Refusal(startOf(node), `the file is nested deeper than ${limits.depth}`, fix);
  }

  /** The node itself, or the one an alias stands for. */
  #target(node: unknown): Node | null {
    if (isAlias(node)) return this.#aliased(node);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    const { anchor } = node;
    if (anchor !== undefined && !this.#seen.has(node)) this.#anchors.set(anchor, node);
    this.#seen.add(node);
    return node;
  }

  #aliased(alias: Alias): Node {
    this.#aliases += 1;
    if (this.#aliases > limits.aliases)
      throw new Refusal(startOf(alias), `the file has more than ${limits.aliases} aliases`, 'Write the values out.');
    const target = this.#targets.get(alias) ?? this.#anchors.get(alias.source);
    if (target === undefined)
      throw new Refusal(
        startOf(alias),
        `no anchor ${quote(alias.source)} stands before this alias`,
        'Correct the name.',
      );
    this.#targets.set(alias, target);
    return target;
  }

  #list(node: Node, path: ConfigPath): Json {
    const items: readonly unknown[] = isSeq(node) ? node.items : [];
    return items.map((item, index) => {
      const at = [...path, index];
      this.#note(at, item);
      return this.#value(item, at);
    });
  }

  #map(node: YAMLMap, path: ConfigPath): JsonObject {
    const value: Record<string, Json> = {};
    for (const pair of node.items.filter((candidate) => !isMerge(candidate))) this.#entry(value, pair, path);
    for (const pair of node.items.filter(isMerge)) this.#merge(value, pair, path);
    return value;
  }

  #entry(value: Record<string, Json>, pair: Pair, path: ConfigPath): void {
    const key = keyOf(this.#target(pair.key));
    if (key === null)
      throw new Refusal(startOf(pair.key), 'a key must be a word', 'Write a name in front of the colon.');
    const at = [...path, key];
    if (Object.hasOwn(value, key)) {
      const first = this.places.get(formatPointer(at));
      const message = `is written twice${first === undefined ? '' : `, first in line ${first.line}`}`;
      const place = this.#placeAt(startOf(pair.key));
      this.problems.push({ ...place, path: pathText(at), message, fix: 'Keep one of them.' });
      return;
    }
    this.#note(at, pair.key);
    setKey(value, key, this.#value(pair.value, at));
  }

  /** Entries of `<<`: what the map says itself wins, then the first of several maps. */
  #merge(value: Record<string, Json>, pair: Pair, path: ConfigPath): void {
    const merged = this.#target(pair.value);
    const sources: readonly unknown[] = isSeq(merged) ? merged.items : [merged];
    for (const source of sources) {
      const map = this.#target(source);
      if (!isMap(map))
        throw new Refusal(startOf(pair.key), '<< takes a mapping or a list of mappings', 'Name an anchor of one.');
      if (this.#open.has(map)) throw new Refusal(startOf(pair.key), 'an anchor contains itself', 'Remove the alias.');
      this.#spend(map, path);
      this.#open.add(map);
      this.#mergeMap(value, map, path);
      this.#open.delete(map);
    }
  }

  #mergeMap(value: Record<string, Json>, map: YAMLMap, path: ConfigPath): void {
    for (const [key, entry] of this.#entriesOf(map, path)) {
      if (Object.hasOwn(value, key)) continue;
      this.#note([...path, key], entry.key);
      setKey(value, key, this.#value(entry.value, [...path, key]));
    }
  }

  /** The pairs of a merged map, those it merges itself included, its own first. */
  #entriesOf(map: YAMLMap, path: ConfigPath): readonly (readonly [string, Pair])[] {
    if (map.items.some(isMerge))
      throw new Refusal(startOf(map), '<< inside a merged mapping', 'Write one of them out.');
    return map.items.map((entry) => {
      this.#spend(map, path);
      const key = keyOf(this.#target(entry.key));
      if (key === null) throw new Refusal(startOf(entry.key), 'a key must be a word', 'Write a name before the colon.');
      return [key, entry] as const;
    });
  }

  #note(at: ConfigPath, node: unknown): void {
    this.places.set(formatPointer(at), this.#placeAt(startOf(node)));
  }
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

function startOf(node: unknown): number {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0;
}

/** A key as it is written, so that `1.0` stays what it looks like; null where it is no word. */
function keyOf(node: Node | null): string | null {
  if (!isScalar(node) || node.value === null) return null;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

/** Numbers without a JSON form, and what tags make of a text, are the text as it is written. */
function scalarOf(node: { readonly value: unknown; readonly source?: string }): Json {
  const { value, source = '' } = node;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? value : source;
}
