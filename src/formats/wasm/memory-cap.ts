import { FairleadError } from '../../model/error.ts';

const MEMORY_SECTION = 5;
const PAGES_PER_MIB = 16;

/**
 * The module with a maximum in its memory section (WebAssembly core specification, 5.5.8), so that it cannot grow past
 * `maxMemoryMb` MiB. Go's linker writes none. Throws `FairleadError` `module-invalid`.
 */
export function capMemory(binary: Uint8Array, maxMemoryMb: number): Uint8Array<ArrayBuffer> {
  const section = findMemorySection(binary);
  const count = readNumber(binary, section.body);
  const flags = readNumber(binary, count.next);
  const minimum = readNumber(binary, flags.next);
  const maximum = maxMemoryMb * PAGES_PER_MIB;
  if (count.value !== 1 || minimum.value > maximum) throw invalidModule('its memory cannot be capped');
  const body = [1, 1, ...writeNumber(minimum.value), ...writeNumber(maximum)];
  const head = [MEMORY_SECTION, ...writeNumber(body.length)];
  return concat([binary.subarray(0, section.start), Uint8Array.from([...head, ...body]), binary.subarray(section.end)]);
}

interface Section {
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

function findMemorySection(binary: Uint8Array): Section {
  let start = 8;
  while (start < binary.length) {
    const size = readNumber(binary, start + 1);
    const end = size.next + size.value;
    if (binary[start] === MEMORY_SECTION) return { start, body: size.next, end };
    start = end;
  }
  throw invalidModule('it declares no memory');
}

/** Unsigned LEB128, as the format writes all sizes. */
function readNumber(binary: Uint8Array, at: number): { readonly value: number; readonly next: number } {
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

function writeNumber(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function invalidModule(why: string): FairleadError {
  return new FairleadError({
    code: 'module-invalid',
    message: `The WebAssembly module is not usable: ${why}.`,
    subject: 'module',
    remedy: 'Remove the cached module; it is built again.',
  });
}
