import { SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Json } from '../../model/json.ts';

interface Base {
  readonly pointer: string;
  readonly anchor: string | null;
  /** Whether it stands in brackets. */
  readonly isFlow: boolean;
  /** Nodes spent before it. */
  readonly sizeBefore: number;
  /** Levels of collections in it so far. */
  height: number;
}

/** A list that is being filled. */
export interface ListFrame extends Base {
  readonly kind: 'list';
  readonly value: Json[];
}

/** An object that is being filled. */
export interface MapFrame extends Base {
  readonly kind: 'map';
  readonly value: Record<string, Json>;
  /** The key whose value comes next; undefined where a key is expected. */
  key: string | undefined;
  isMerge: boolean;
  /** Keys that came through `<<`: writing them out is no duplicate. */
  merged: Set<string> | null;
}

/** A collection that is being filled. */
export type Frame = ListFrame | MapFrame;

/** A finished value with what is known about its written-out form. */
export interface Node {
  readonly value: Json;
  /** Values and keys in it, aliases written out. */
  readonly size: number;
  /** Levels of collections in it. */
  readonly height: number;
  /** The object key it becomes; null where it cannot be one. */
  readonly key: string | null;
}

/** Whether what comes next inside a frame is a key. */
export function expectsKey(frame: Frame | undefined): boolean {
  return frame?.kind === 'map' && frame.key === undefined;
}

/** The pointer of the value that comes next inside a frame, '' for the root. */
export function nextPointer(frame: Frame | undefined): string {
  if (frame === undefined) return '';
  return `${frame.pointer}/${frame.kind === 'map' ? escapeKey(frame.key ?? '') : frame.value.length}`;
}

/** A key as a JSON pointer writes it (RFC 6901). */
export function escapeKey(key: string): string {
  if (!key.includes('/') && !key.includes('~')) return key;
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Sets an own property, whatever the key is called. */
export function setKey(target: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/** Where a scalar is written; -1 for an empty one. The content of a block scalar starts on the next line. */
export function startOf(event: ScalarEvent): number {
  const isBlock = event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  return isBlock ? event.valueStart - 1 : event.valueStart;
}
