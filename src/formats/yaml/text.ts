import { decodeFailed, overBudget } from './failure.ts';
import type { DecodeLimits } from './limits.ts';

/** A file as it came from Git or a renderer. */
export interface RawFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

const decoders = {
  'utf-8': new TextDecoder('utf-8'),
  'utf-16le': new TextDecoder('utf-16le'),
  'utf-16be': new TextDecoder('utf-16be'),
};

/**
 * The text of a file with `\n` line ends, read as kubectl reads it: UTF-8 unless a byte order mark says otherwise, broken
 * sequences become U+FFFD, and the last line always ends. Binary files are refused by their first NUL.
 */
export function readText(raw: RawFile, limits: DecodeLimits): string {
  checkSize(raw, limits);
  const { file, bytes } = raw;
  const text = decoders[encodingOf(bytes)].decode(bytes);
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    throw decodeFailed(
      { file, line: lineAt(text, nul) },
      'a NUL byte is no YAML',
      'Keep binary files out of this folder.',
    );
  }
  const normal = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
  return normal === '' || normal.endsWith('\n') ? normal : `${normal}\n`;
}

/** Refuses a file that is larger than its budget, whatever is in it. */
export function checkSize({ file, bytes }: RawFile, limits: DecodeLimits): void {
  if (bytes.length <= limits.bytes) return;
  const size = `the file has ${bytes.length.toLocaleString('en-US')} bytes`;
  throw overBudget({ file, line: 1 }, size, limits.bytes, split);
}

const split = 'Split the file, or keep generated files out of this folder.';

function encodingOf(bytes: Uint8Array): keyof typeof decoders {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** 1-based line of an offset. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) line += 1;
  return line;
}
