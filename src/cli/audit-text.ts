import { stringifyJson } from '../formats/json.ts';
import type { AuditRow } from '../model/audit.ts';

/** One row as one line of JSON, all that the hash is made of included. */
export function jsonLine({ sequence, at, actor, action, subject, data, previous, hash }: AuditRow): string {
  return `${stringifyJson({ sequence, at, actor, action, subject, data, previous, hash })}\n`;
}

/** The names of the columns. */
export const csvHead = 'sequence,at,actor,action,subject,data,previous,hash\r\n';

/** One row by RFC 4180. */
export function csvLine({ sequence, at, actor, action, subject, data, previous, hash }: AuditRow): string {
  const cells = [String(sequence), at, actor, action, subject, stringifyJson(data), previous, hash];
  return `${cells.map(cell).join(',')}\r\n`;
}

/** A cell that a spreadsheet would take for a formula is marked as text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
