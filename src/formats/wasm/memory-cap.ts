import {
  concat,
  invalidModule,
  readNumber,
  readSections,
  type Section,
  sectionIds,
  writeNumber,
  writeSection,
} from './binary.ts';

const PAGES_PER_MIB = 16;

/**
 * The module with a maximum in its memory section (WebAssembly core specification, 5.5.8), so that it cannot grow past
 * `maxMemoryMb` MiB. Go's linker writes none. Where its buffer has room before it (`capRoom`), the module is changed in place: most of
 * it, which is large, stays where it is. Throws `FairleadError` `module-invalid`.
 */
export function capMemory(binary: Uint8Array<ArrayBuffer>, maxMemoryMb: number): Uint8Array<ArrayBuffer> {
  const section = findMemorySection(binary);
  const count = readNumber(binary, section.body);
  const flags = readNumber(binary, count.next);
  const minimum = readNumber(binary, flags.next);
  const maximum = maxMemoryMb * PAGES_PER_MIB;
  if (count.value !== 1 || minimum.value > maximum) throw invalidModule('its memory cannot be capped');
  const limits = Uint8Array.from([1, 1, ...writeNumber(minimum.value), ...writeNumber(maximum)]);
  const capped = writeSection(sectionIds.memory, [limits]);
  const added = capped.length - (section.end - section.start);
  if (added < 0 || added > binary.byteOffset)
    return concat([binary.subarray(0, section.start), capped, binary.subarray(section.end)]);
  const whole = new Uint8Array(binary.buffer, binary.byteOffset - added, binary.length + added);
  whole.copyWithin(0, added, added + section.start);
  whole.set(capped, section.start);
  return whole;
}

/** Bytes that a cap adds at most: a maximum, and two lengths that may take one more. */
export const capRoom = 16;

function findMemorySection(binary: Uint8Array): Section {
  const section = readSections(binary).find(({ id }) => id === sectionIds.memory);
  if (section === undefined) throw invalidModule('it declares no memory');
  return section;
}
