import { isUtf8 } from 'node:buffer';

/**
 * The records of an answer that git ends by NUL (`-z`), without the empty one at the end. Git keeps paths as bytes: in a record that is
 * no UTF-8, each byte beyond ASCII is written `\xff`, so that two paths never become one.
 */
export function splitRecords(answer: Buffer): readonly string[] {
  const records = isUtf8(answer) ? answer.toString('utf8').split('\0') : splitBytes(answer).map(textOf);
  return records.at(-1) === '' ? records.slice(0, -1) : records;
}

function splitBytes(answer: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = answer.indexOf(0); end !== -1; end = answer.indexOf(0, start)) {
    parts.push(answer.subarray(start, end));
    start = end + 1;
  }
  return [...parts, answer.subarray(start)];
}

function textOf(record: Buffer): string {
  if (isUtf8(record)) return record.toString('utf8');
  return record.toString('latin1').replace(/[\u0080-\u00ff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
}
