import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { invalidModule, sectionIds, writeNumber, writeSection } from './binary.ts';
import { capRoom } from './memory-cap.ts';

/** Where in a module's file its memory stands as it was once it had started. It may be sent to other threads. */
export interface MemoryImage {
  readonly path: string;
  /** Tells a file that was put in its place from the one that was compiled. */
  readonly stamp: string;
  /** All of memory that is not zero, in bytes. */
  readonly ranges: readonly MemoryRange[];
}

/** A part of memory and where it stands in the file. */
interface MemoryRange {
  readonly at: number;
  readonly length: number;
  readonly inFile: number;
}

/** A module's file: what there is to compile, and the memory kept with it. */
export interface ModuleFile {
  readonly binary: Uint8Array<ArrayBuffer>;
  readonly image: MemoryImage | null;
}

const name = new TextEncoder().encode('fairlead.memory');
const magic = 0x4d_4c_46_31;
/** Three numbers of 32 bits at the end of the file: where the section starts, where its table does, the magic word. */
const tailLength = 12;
const entryLength = 8;
/** What is written or left out as a whole. */
const blockLength = 4096;

/**
 * The custom section that keeps a memory, to be the last of a module's file: blocks that are not zero, the table of where they belong
 * (u32 start and length, in bytes), and the tail by which the table is found.
 */
export function writeImage(memory: Uint8Array, sectionStart: number): Uint8Array<ArrayBuffer> {
  const ranges = usedRanges(memory);
  const table = new DataView(new ArrayBuffer(entryLength * ranges.length + tailLength));
  ranges.forEach(({ at, length }, index) => {
    table.setUint32(entryLength * index, at, true);
    table.setUint32(entryLength * index + 4, length, true);
  });
  const blocks = ranges.map(({ at, length }) => memory.subarray(at, at + length));
  const head = Uint8Array.from([...writeNumber(name.length), ...name]);
  const parts = [head, ...blocks, new Uint8Array(table.buffer)];
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const tableStart = sectionStart + 1 + writeNumber(size).length + size - table.byteLength;
  [sectionStart, tableStart, magic].forEach((word, index) => {
    table.setUint32(table.byteLength - tailLength + 4 * index, word, true);
  });
  return writeSection(sectionIds.custom, parts);
}

function usedRanges(memory: Uint8Array): readonly { readonly at: number; length: number }[] {
  const ranges: { at: number; length: number }[] = [];
  for (let at = 0; at < memory.length; at += blockLength) {
    if (isZero(memory, at)) continue;
    const last = ranges.at(-1);
    if (last !== undefined && last.at + last.length === at) last.length += blockLength;
    else ranges.push({ at, length: blockLength });
  }
  return ranges;
}

function isZero(memory: Uint8Array, at: number): boolean {
  return new BigUint64Array(memory.buffer, memory.byteOffset + at, blockLength / 8).every((word) => word === 0n);
}

/** Reads what there is to compile; of the image only where it is. Throws `FairleadError` `module-invalid`, and what reading throws. */
export async function readModuleFile(path: string): Promise<ModuleFile> {
  const file = await open(path);
  try {
    const stat = await file.stat();
    const { size } = stat;
    const [start, tableStart, word] = size < tailLength ? [] : numbersOf(await readPart(file, size - tailLength, size));
    if (start === undefined || tableStart === undefined || word !== magic)
      return { binary: await readPart(file, 0, size, capRoom), image: null };
    if (start > tableStart || tableStart > size) throw invalidModule('its memory is cut short');
    const table = numbersOf(await readPart(file, tableStart, size - tailLength));
    const image = { path, stamp: stampOf(stat), ranges: rangesOf(table, tableStart) };
    return { binary: await readPart(file, 0, start, capRoom), image };
  } finally {
    await file.close();
  }
}

function rangesOf(table: readonly number[], tableStart: number): readonly MemoryRange[] {
  const ranges: { at: number; length: number; inFile: number }[] = [];
  for (let index = 0; index + 1 < table.length; index += 2)
    ranges.push({ at: table[index] ?? 0, length: table[index + 1] ?? 0, inFile: 0 });
  // The blocks end where the table begins.
  let inFile = tableStart;
  for (const range of ranges.toReversed()) {
    inFile -= range.length;
    range.inFile = inFile;
  }
  return ranges;
}

async function readPart(file: FileHandle, from: number, to: number, room = 0): Promise<Uint8Array<ArrayBuffer>> {
  const part = new Uint8Array(new ArrayBuffer(room + to - from), room);
  for (let done = 0; done < part.length; ) {
    const { bytesRead } = await file.read(part, done, part.length - done, from + done);
    if (bytesRead === 0) throw invalidModule('it is cut short');
    done += bytesRead;
  }
  return part;
}

function numbersOf(bytes: Uint8Array<ArrayBuffer>): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 2 }, (_, index) => view.getUint32(4 * index, true));
}

function stampOf({
  ino,
  size,
  mtimeMs,
}: {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}): string {
  return `${ino} ${size} ${mtimeMs}`;
}

/** Puts the kept memory in place of a new instance's. Throws `FairleadError` `module-invalid` when the file is another one by now. */
export function restoreMemory(memory: Uint8Array, image: MemoryImage): void {
  const file = openSync(image.path, 'r');
  try {
    if (stampOf(fstatSync(file)) !== image.stamp) throw invalidModule('its file was replaced while it was in use');
    for (const range of image.ranges) readInto(memory, range, file);
  } finally {
    closeSync(file);
  }
}

function readInto(memory: Uint8Array, { at, length, inFile }: MemoryRange, file: number): void {
  for (let done = 0; done < length; ) {
    const read = readSync(file, memory, at + done, length - done, inFile + done);
    if (read === 0) throw invalidModule('its memory is cut short');
    done += read;
  }
}
