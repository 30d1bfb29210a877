import { deserialize, serialize } from 'node:v8';
import type { Resource } from '../../model/resource.ts';
import { createShortMemory } from '../../tools/short-memory.ts';

/** What a target wants, and what it had before; null where that is not known. */
export interface Sides {
  readonly resources: readonly Resource[];
  readonly base: readonly Resource[] | null;
}

/** Both on their way to a worker: written once for all checks, in memory that threads share. */
export interface PackedSides {
  /** Of all that this thread packed. */
  readonly number: number;
  readonly bytes: SharedArrayBuffer;
}

let packed = 0;

/** Packs what all checks of one target look at. */
export function packSides(sides: Sides): PackedSides {
  const bytes = serialize(sides);
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  packed += 1;
  return { number: packed, bytes: shared };
}

/** Unpacks them; the last ones are given again as they are, so that each check finds what it knows of an object. */
export function unpackSides({ number, bytes }: PackedSides): Sides {
  const known = last.get(String(number));
  if (known !== undefined) return known;
  // They were packed from this shape.
  const sides = deserialize(new Uint8Array(bytes)) as Sides;
  last.set(String(number), sides, 1);
  return sides;
}

/** Checks of one target come one after the other; later nobody asks for them again. */
const last = createShortMemory<Sides>({ maxSize: 1, keptMs: 1_000 });
