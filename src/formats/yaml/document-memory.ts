import { createShortMemory } from '../../tools/short-memory.ts';
import type { Budget, Cost } from './budget.ts';
import type { Composed } from './composed.ts';
import type { Chunk } from './documents.ts';

/** Documents by their text: both sides of a pull hold mostly the same ones, in files that change. */
export interface DocumentMemory {
  /** The document of a chunk, read when its text is new. Its cost is charged either way. */
  recall(chunk: Chunk, budget: Budget, read: () => Composed): Composed;
}

/** No memory at all. */
export const noMemory: DocumentMemory = { recall: (_chunk, _budget, read) => read() };

interface Known {
  readonly document: Composed;
  readonly line: number;
  readonly isJson: boolean;
  readonly depth: number;
  readonly cost: Cost;
}

/** Makes a memory of up to `maxCharacters` of text. The same text gives the same value, by identity. */
export function createDocumentMemory(maxCharacters: number): DocumentMemory {
  const memory = createShortMemory<Known>({ maxSize: maxCharacters, keptMs });
  return {
    recall: (chunk, budget, read) => {
      const { text, line, isJson } = chunk;
      const { depth } = budget.limits;
      const known = memory.get(text);
      if (known?.isJson === isJson && known.depth === depth && budget.affords(known.cost)) {
        budget.spend(known.cost);
        return moved(known.document, line - known.line);
      }
      const before = budget.spent();
      const document = read();
      const after = budget.spent();
      const cost = { nodes: after.nodes - before.nodes, aliases: after.aliases - before.aliases };
      memory.set(text, { document, line, isJson, depth, cost }, text.length);
      return document;
    },
  };
}

/** Both sides of a pull come within moments. */
const keptMs = 1_000;

function moved({ value, lines, remarks }: Composed, by: number): Composed {
  if (by === 0) return { value, lines, remarks };
  const shifted = new Map<string, number>();
  for (const [pointer, line] of lines) shifted.set(pointer, line + by);
  return { value, lines: shifted, remarks: remarks.map((remark) => ({ ...remark, line: remark.line + by })) };
}
