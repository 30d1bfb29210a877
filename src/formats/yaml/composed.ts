import type { Json } from '../../model/json.ts';
import type { Surprise } from './scalar.ts';

/** One document: its value, the line of every path, and what about it may surprise. */
export interface Composed {
  readonly value: Json;
  /** JSON pointer -> 1-based line; '' is the document's own. Paths inside an alias stand at the alias. */
  readonly lines: Map<string, number>;
  readonly remarks: readonly Remark[];
}

/** Something legal that people misread. */
export interface Remark {
  readonly kind: Surprise | 'duplicate-key' | 'ignored-document';
  readonly pointer: string;
  readonly line: number;
}
