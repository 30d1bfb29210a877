import { YAMLException } from 'js-yaml';
import { Budget } from './budget.ts';
import { Composer } from './compose.ts';
import type { Composed, Remark } from './composed.ts';
import { type DocumentMemory, noMemory } from './document-memory.ts';
import { type Chunk, countLines, splitDocuments } from './documents.ts';
import { decodeFailed, fixSyntax } from './failure.ts';
import { type Parsed, parseLenient } from './lenient.ts';
import { type DecodeLimits, defaultLimits } from './limits.ts';
import { refusedTab } from './tabs.ts';
import { type RawFile, readText } from './text.ts';

/** A file to decode; limits left out are the defaults. */
export interface DecodeInput extends RawFile {
  readonly limits?: Partial<DecodeLimits>;
}

/** The documents of a file that are not null, and the budget they left. */
export interface ReadResult {
  readonly documents: readonly Composed[];
  readonly budget: Budget;
}

/** Reads every document of a file as kubectl does; empty ones are left out. Throws `decode-failed`. */
export function readDocuments(input: DecodeInput, memory: DocumentMemory = noMemory): ReadResult {
  const limits = { ...defaultLimits, ...input.limits };
  const budget = new Budget(input.file, limits);
  const documents: Composed[] = [];
  for (const chunk of splitDocuments(readText(input, limits), input.file)) {
    budget.spendDocument(chunk.line);
    const document = readChunk(chunk, budget, memory);
    if (document.value !== null || document.remarks.length > 0) documents.push(document);
  }
  return { documents, budget };
}

function readChunk(chunk: Chunk, budget: Budget, memory: DocumentMemory): Composed {
  const composed = memory.recall(chunk, budget, () => compose(chunk, budget));
  if (chunk.ignoredFrom === null) return composed;
  const ignored: Remark = { kind: 'ignored-document', pointer: '', line: chunk.ignoredFrom };
  return { ...composed, remarks: [...composed.remarks, ignored] };
}

function compose(chunk: Chunk, budget: Budget): Composed {
  const parsed = parseChunk(chunk, budget);
  const tab = chunk.isJson ? null : refusedTab(parsed.text, parsed.events);
  if (tab !== null) {
    const place = { file: budget.file, line: chunk.line + countLines(parsed.text, 0, tab) };
    throw decodeFailed(place, 'a tab stands where kubectl takes spaces only', fixSyntax);
  }
  return new Composer({ ...chunk, text: parsed.text }, budget).compose(parsed.events);
}

function parseChunk(chunk: Chunk, budget: Budget): Parsed {
  try {
    // One more than ours: the parser counts the scalar inside the innermost collection.
    return parseLenient(chunk.text, budget.limits.depth + 1);
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause;
    const line = chunk.line + (cause.mark?.line ?? 0);
    if (cause.reason.startsWith('nesting exceeded')) budget.checkDepth(budget.limits.depth + 1, line);
    throw decodeFailed({ file: budget.file, line }, `no YAML: ${cause.reason}`, fixSyntax);
  }
}
