import { type Attempt, oversizeError } from './errors.ts';

/** Splits a byte stream into its non-empty lines; throws `too-large` when a line is longer than `maxBytes`. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
  attempt: Attempt,
): AsyncIterable<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8');
      parts.length = 0;
      size = 0;
      from = end + 1;
      if (line !== '') yield line;
    }
    size += chunk.length - from;
    if (size > maxBytes) throw oversizeError(attempt, maxBytes);
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  // A rest without line end was cut off by the server's closing; it is no whole event.
}
