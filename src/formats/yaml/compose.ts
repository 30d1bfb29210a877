import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { isJsonObject, type Json } from '../../model/json.ts';
import type { Budget } from './budget.ts';
import type { Composed, Remark } from './composed.ts';
import type { Chunk } from './documents.ts';
import { decodeFailed, fixSyntax } from './failure.ts';
import {
  escapeKey,
  expectsKey,
  type Frame,
  type ListFrame,
  type MapFrame,
  type Node,
  nextPointer,
  setKey,
  startOf,
} from './frame.ts';
import { keyOf } from './key.ts';
import { LineCursor } from './line-cursor.ts';
import { isFlowIndicator, refusedScalar } from './refused.ts';
import { resolvePlain, surprise } from './scalar.ts';
import { resolveTagged } from './tagged.ts';

/** The parser allows it behind an anchor or a tag. */
const collectionBeside = 'a mapping or list without brackets starts on the line of its key';

/**
 * Builds a document from parser events by the rules of go-yaml v2 and sigs.k8s.io/yaml: the last of two equal keys wins, `<<`
 * writes its keys where it stands, tags of collections mean nothing, aliases share their value. Budgets are charged as if
 * aliases were written out, before anything walks the result. Throws `decode-failed`.
 */
export class Composer {
  readonly #text: string;
  readonly #isJson: boolean;
  readonly #budget: Budget;
  readonly #frames: Frame[] = [];
  readonly #anchors = new Map<string, Node | Frame>();
  readonly #lines = new Map<string, number>();
  readonly #remarks: Remark[] = [];
  #top: Frame | undefined;
  #root: Json = null;
  readonly #place: LineCursor;

  constructor({ text, line, isJson }: Pick<Chunk, 'text' | 'line' | 'isJson'>, budget: Budget) {
    this.#text = text;
    this.#place = new LineCursor(text, line);
    this.#isJson = isJson;
    this.#budget = budget;
  }

  compose(events: readonly Event[]): Composed {
    for (const event of events) this.#accept(event);
    return { value: this.#root, lines: this.#lines, remarks: this.#remarks };
  }

  #accept(event: Event): void {
    switch (event.type) {
      case EVENT_ID.SCALAR:
        this.#scalar(event);
        return;
      case EVENT_ID.MAPPING:
        this.#place.moveTo(event.start);
        this.#openMap(event);
        return;
      case EVENT_ID.SEQUENCE:
        this.#place.moveTo(event.start);
        this.#openList(event);
        return;
      case EVENT_ID.ALIAS:
        this.#place.moveTo(event.anchorStart);
        this.#alias(this.#anchor(event) ?? '');
        return;
      case EVENT_ID.POP:
        this.#close();
        return;
      case EVENT_ID.DOCUMENT:
        // kubectl looks for --- behind line feeds only, and then reads one document.
        if (this.#lines.has('')) throw this.#broken('a document starts behind a carriage return without line feed');
        return;
      default:
        event satisfies never;
    }
  }

  #scalar(event: ScalarEvent): void {
    this.#place.moveTo(startOf(event));
    this.#budget.spendNodes(1, this.#place.line);
    const text = getScalarValue(this.#text, event);
    if (this.#isJson) {
      this.#json(event, text);
      return;
    }
    this.#refuse(event, text);
    if (event.tagStart >= 0 || event.anchorStart >= 0) this.#decorated(event, text);
    else if (event.style === SCALAR_STYLE.PLAIN) this.#bare(text);
    else this.#quoted(text);
  }

  /** As Go reads JSON: half a surrogate pair becomes U+FFFD, and no number is beyond float64. */
  #json(event: ScalarEvent, text: string): void {
    if (event.style !== SCALAR_STYLE.PLAIN) this.#quoted(text.toWellFormed());
    else if (typeof resolvePlain(text) !== 'string') this.#bare(text);
    else throw this.#broken('a number is too large');
  }

  #bare(text: string): void {
    if (expectsKey(this.#top)) this.#key(keyOf(text), text === '<<', text);
    else this.#value(this.#plain(text), 0, false);
  }

  #quoted(text: string): void {
    if (expectsKey(this.#top)) this.#key(text, false, '');
    else this.#value(text, 0, false);
  }

  #refuse(event: ScalarEvent, text: string): void {
    const rule = refusedScalar(this.#text, event, text, this.#top);
    if (rule !== null) throw this.#broken(rule);
  }

  /** A scalar with an anchor or a tag. */
  #decorated(event: ScalarEvent, text: string): void {
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    const tag = this.#slice(event.tagStart, event.tagEnd);
    const value = tag === null ? (isPlain ? this.#plain(text) : text) : this.#tagged(tag, text, event.tagEnd);
    const key = typeof value === 'string' ? value : keyOf(text);
    const anchor = this.#anchor(event);
    if (anchor !== null) this.#anchors.set(anchor, { value, size: 1, height: 0, key });
    const isMerge = text === '<<' && (tag === null ? isPlain : /^!(!|<tag:yaml\.org,2002:)merge>?$/.test(tag));
    if (expectsKey(this.#top)) this.#key(key, isMerge, '');
    else this.#value(value, 0, false);
  }

  #tagged(tag: string, text: string, end: number): Json {
    if (isFlowIndicator(this.#text[end])) throw this.#broken('a space must follow a tag');
    const result = resolveTagged(tag, text);
    if (!result.ok) throw this.#broken(result.reason);
    return this.#finite(result.value);
  }

  #plain(text: string): Json {
    const value = resolvePlain(text);
    if (value === text) return value;
    const kind = surprise(text, value);
    if (kind !== null) this.#remark(kind, nextPointer(this.#top));
    return this.#finite(value);
  }

  #finite(value: Json): Json {
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    throw this.#broken('infinity and NaN have no JSON form');
  }

  #openMap(event: MappingEvent): void {
    this.#push({ kind: 'map', value: {}, ...this.#enter(event), key: undefined, isMerge: false, merged: null });
  }

  #openList(event: SequenceEvent): void {
    this.#push({ kind: 'list', value: [], ...this.#enter(event) });
  }

  #enter(event: MappingEvent | SequenceEvent): Pick<Frame, 'pointer' | 'anchor' | 'isFlow' | 'sizeBefore' | 'height'> {
    const anchor = this.#anchor(event);
    if (expectsKey(this.#top)) throw this.#broken('a mapping or list cannot be a key (is this a template?)');
    const pointer = nextPointer(this.#top);
    const isFlow = event.style === COLLECTION_STYLE.FLOW;
    if (this.#top?.kind !== 'map') this.#lines.set(pointer, this.#place.line);
    else if (!isFlow && this.#lines.get(pointer) === this.#place.line) throw this.#broken(collectionBeside);
    const sizeBefore = this.#budget.nodes;
    this.#budget.spendNodes(1, this.#place.line);
    return { pointer, anchor, isFlow, sizeBefore, height: 0 };
  }

  #push(frame: Frame): void {
    this.#top = frame;
    this.#frames.push(frame);
    if (frame.anchor !== null) this.#anchors.set(frame.anchor, frame);
    this.#budget.checkDepth(this.#frames.length, this.#place.line);
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    this.#top = this.#frames.at(-1);
    const height = frame.height + 1;
    // The name may have been given again inside.
    if (frame.anchor !== null && this.#anchors.get(frame.anchor) === frame) {
      const size = this.#budget.nodes - frame.sizeBefore;
      this.#anchors.set(frame.anchor, { value: frame.value, size, height, key: null });
    }
    this.#value(frame.value, height, false);
  }

  #alias(name: string): void {
    const node = this.#anchors.get(name);
    if (node === undefined) throw this.#broken('an alias names an anchor that this document does not have before it');
    if ('pointer' in node) throw this.#broken('an anchor contains itself');
    this.#budget.spendAlias(this.#place.line);
    this.#budget.spendNodes(node.size, this.#place.line);
    this.#budget.checkDepth(this.#frames.length + node.height, this.#place.line);
    if (expectsKey(this.#top)) this.#key(node.key, false, '');
    else this.#value(node.value, node.height, true);
  }

  /** `plain` is the unquoted text of the key, '' when quoted. */
  #key(key: string | null, isMerge: boolean, plain: string): void {
    const frame = this.#top;
    if (frame?.kind !== 'map') return;
    if (key === null) throw this.#broken('this scalar cannot be a key');
    frame.key = key;
    frame.isMerge = isMerge;
    const pointer = `${frame.pointer}/${escapeKey(key)}`;
    this.#lines.set(pointer, this.#place.line);
    if (key !== plain && plain !== '') this.#surprisingKey(plain, pointer);
    // The plain read first: it is much faster, and almost always answers.
    if (isMerge || frame.value[key] === undefined || !Object.hasOwn(frame.value, key)) return;
    if (frame.merged?.has(key) !== true) this.#remark('duplicate-key', pointer);
  }

  #surprisingKey(plain: string, pointer: string): void {
    const kind = surprise(plain, resolvePlain(plain));
    if (kind !== null) this.#remark(kind, pointer);
  }

  #value(value: Json, height: number, isAlias: boolean): void {
    const frame = this.#top;
    if (frame === undefined) {
      this.#finish(value);
      return;
    }
    if (height > frame.height) frame.height = height;
    if (frame.kind === 'map') this.#entry(frame, value, isAlias);
    else this.#item(frame, value, height === 0 || isAlias);
  }

  /** A collection noted its line when it opened. */
  #item(frame: ListFrame, value: Json, needsLine: boolean): void {
    if (needsLine) this.#lines.set(nextPointer(frame), this.#place.line);
    frame.value.push(value);
  }

  #entry(frame: MapFrame, value: Json, isAlias: boolean): void {
    const { key = '' } = frame;
    frame.key = undefined;
    if (frame.isMerge) this.#merge(frame, value, isAlias);
    else setKey(frame.value, key, value);
  }

  /** Earlier maps of a list win over later ones, and all of them over keys written above. */
  #merge(frame: MapFrame, value: Json, isAlias: boolean): void {
    const sources = Array.isArray(value) && !isAlias ? value.toReversed() : [value];
    frame.merged ??= new Set();
    for (const source of sources) {
      if (!isJsonObject(source)) throw this.#broken('<< takes a mapping or a list of mappings');
      this.#budget.spendNodes(Object.keys(source).length, this.#place.line);
      for (const [key, item] of Object.entries(source)) {
        frame.merged.add(key);
        setKey(frame.value, key, item);
      }
    }
  }

  #finish(value: Json): void {
    this.#root = value;
    if (!this.#lines.has('')) this.#lines.set('', this.#place.line);
  }

  #anchor(event: { readonly anchorStart: number; readonly anchorEnd: number }): string | null {
    const name = this.#slice(event.anchorStart, event.anchorEnd);
    if (name === null || /^[A-Za-z0-9_-]+$/.test(name)) return name;
    throw this.#broken('an anchor or alias has a name of letters, digits, _ and -');
  }

  #slice(start: number, end: number): string | null {
    return start < 0 ? null : this.#text.slice(start, end);
  }

  #remark(kind: Remark['kind'], pointer: string): void {
    this.#remarks.push({ kind, pointer, line: this.#place.line });
  }

  #broken(rule: string): Error {
    return decodeFailed({ file: this.#budget.file, line: this.#place.line }, rule, fixSyntax);
  }
}
