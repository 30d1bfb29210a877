import { FairleadError } from '../../model/error.ts';

/** A section of a module in the binary format (WebAssembly core specification, 5.5.2). */
export interface Section {
  readonly id: number;
  /** Where its id stands, where its content begins, and where the next section does. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/** The ids of sections that are read or written here. */
export const sectionIds = { custom: 0, memory: 5, global: 6, export: 7, data: 11 } as const;

/** Length of the preamble: the magic word and the version. */
export const preambleLength = 8;

/** All sections in their order. Throws `FairleadError` `module-invalid` where the file is cut short. */
export function readSections(binary: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  for (let start = preambleLength; start < binary.length; ) {
    const size = readNumber(binary, start + 1);
    const end = size.next + size.value;
    sections.push({ id: binary[start] ?? 0, start, body: size.next, end });
    start = end;
  }
  return sections;
}

/** A section with its head. */
export function writeSection(id: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return concat([Uint8Array.from([id, ...writeNumber(size)]), ...parts]);
}

/** Unsigned LEB128, as the format writes all sizes. Throws `FairleadError` `module-invalid`. */
export function readNumber(binary: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let next = at;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = binary[next++];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next };
  }
  throw invalidModule('it is cut short');
}

/** As `readNumber` reads. */
export function writeNumber(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}

/** Signed LEB128, as the format writes constants. */
export function writeSigned(value: bigint): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; ) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isSigned = (low & 0x40) !== 0;
    if (rest === (isSigned ? -1n : 0n)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** One array of all bytes. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What is wrong with a module's file. */
export function invalidModule(why: string, cause: unknown = null): FairleadError {
  return new FairleadError({
    code: 'module-invalid',
    message: `The WebAssembly module is not usable: ${why}.`,
    subject: 'module',
    remedy: 'Remove the cached module; it is built again.',
    cause,
  });
}
