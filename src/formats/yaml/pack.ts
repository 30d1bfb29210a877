import type { ErrorFacts } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { createShortMemory } from '../../tools/short-memory.ts';
import type { Decoded } from './decode.ts';

/** What a worker answers for one file. */
export type DecodeAnswer =
  | { readonly kind: 'decoded'; readonly decoded: Decoded }
  | { readonly kind: 'failed'; readonly facts: ErrorFacts };

/** Answers on their way between threads. */
export type Packed = string | readonly DecodeAnswer[];

/**
 * Answers as one JSON text with each object a text in it, so that equal ones are read once, and the pointers of a resource joined:
 * reading that takes the receiving thread a quarter of the time that structured clone needs for the same maps. What JSON cannot hold (integers beyond 2^53) is cloned.
 */
export function packAnswers(answers: readonly DecodeAnswer[]): Packed {
  try {
    return JSON.stringify(answers.map(pack));
  } catch (error) {
    if (error instanceof TypeError) return answers;
    throw error;
  }
}

/** The other end of `packAnswers`. Objects with the same text are one object, also of answers that came a moment before. */
export function unpackAnswers(packed: Packed): readonly DecodeAnswer[] {
  if (typeof packed !== 'string') return packed;
  // Written by packAnswers: the answers, with packed lines in place of maps.
  const answers = JSON.parse(packed) as readonly PackedAnswer[];
  return answers.map((answer) =>
    answer.kind === 'failed' ? answer : { kind: 'decoded', decoded: unpack(answer.decoded) },
  );
}

interface PackedParts {
  readonly object: string;
  readonly lines: PackedLines;
}

interface PackedLines {
  /** Pointers with NUL between them, or a list where a pointer holds one. */
  readonly pointers: string | readonly string[];
  readonly numbers: readonly number[];
}

type PackedDecoded = Omit<Decoded, 'resources'> & {
  readonly resources: readonly (Omit<Resource, 'lines' | 'object'> & PackedParts)[];
};

type PackedAnswer =
  | { readonly kind: 'decoded'; readonly decoded: PackedDecoded }
  | Extract<DecodeAnswer, { kind: 'failed' }>;

const separator = '\0';

function pack(answer: DecodeAnswer): PackedAnswer {
  if (answer.kind === 'failed') return answer;
  const { resources, ...rest } = answer.decoded;
  return {
    kind: 'decoded',
    decoded: { ...rest, resources: resources.map((resource) => ({ ...resource, ...packParts(resource) })) },
  };
}

function packParts({ object, lines }: Resource): PackedParts {
  const text = texts.get(object) ?? JSON.stringify(object);
  texts.set(object, text);
  return { object: text, lines: packLines(lines) };
}

/** Objects that were read once for several files. */
const texts = new WeakMap<JsonObject, string>();

function packLines(lines: ReadonlyMap<string, number>): PackedLines {
  const pointers = [...lines.keys()];
  const hasSeparator = pointers.some((pointer) => pointer.includes(separator));
  return { pointers: hasSeparator ? pointers : pointers.join(separator), numbers: [...lines.values()] };
}

function unpack(packed: PackedDecoded): Decoded {
  return {
    ...packed,
    resources: packed.resources.map((resource) => ({
      ...resource,
      object: unpackObject(resource.object),
      lines: unpackLines(resource.lines),
    })),
  };
}

function unpackObject(text: string): JsonObject {
  const known = objects.get(text);
  if (known !== undefined) return known;
  // Written by packParts.
  const object = JSON.parse(text) as JsonObject;
  objects.set(text, object, text.length);
  return object;
}

const objects = createShortMemory<JsonObject>({ maxSize: 16 * 1024 * 1024, keptMs: 1_000 });

function unpackLines({ pointers, numbers }: PackedLines): ReadonlyMap<string, number> {
  const names = typeof pointers === 'string' ? pointers.split(separator) : pointers;
  const lines = new Map<string, number>();
  for (let index = 0; index < names.length; index += 1) lines.set(names[index] ?? '', numbers[index] ?? 0);
  return lines;
}
