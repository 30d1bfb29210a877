import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { quoted } from './quoted.ts';

/**
 * Block YAML that every YAML 1.1 and 1.2 reader takes for the same value: a string is plain only where no reader could see a
 * boolean, number, date or null in it, else quoted. Ends with a newline.
 */
export function toYaml(value: JsonObject): string {
  return Object.keys(value).length === 0 ? '{}\n' : mapping(value, '');
}

function mapping(value: JsonObject, indent: string): string {
  return Object.entries(value)
    .map(([key, item]) => `${indent}${scalar(key)}:${nested(item, indent)}`)
    .join('');
}

function sequence(items: readonly Json[], indent: string): string {
  return items
    .map((item) => {
      const body = nested(item, `${indent}`);
      if (!isBlock(item)) return `${indent}-${body}`;
      const inner = isJsonObject(item)
        ? mapping(item, `${indent}  `)
        : sequence(item as readonly Json[], `${indent}  `); // isBlock left lists only
      return `${indent}- ${inner.slice(indent.length + 2)}`;
    })
    .join('');
}

/** What stands after `key:` or `-`, with the line's end. */
function nested(value: Json, indent: string): string {
  if (isJsonObject(value)) return Object.keys(value).length === 0 ? ' {}\n' : `\n${mapping(value, `${indent}  `)}`;
  if (isJsonList(value)) return value.length === 0 ? ' []\n' : `\n${sequence(value, indent)}`;
  return isLiteral(value) ? ` ${literal(value, indent)}` : ` ${scalar(value)}\n`;
}

function isBlock(value: Json): boolean {
  return (isJsonObject(value) && Object.keys(value).length > 0) || (isJsonList(value) && value.length > 0);
}

/** Text of several printable lines reads best as a literal block. */
function isLiteral(value: Json): value is string {
  return (
    typeof value === 'string' &&
    /^[!-~][ -~\t]*\n[\n -~\t]*$/.test(value) &&
    !/[ \t]\n/.test(value) &&
    !value.endsWith('\n\n')
  );
}

function literal(text: string, indent: string): string {
  const ends = text.endsWith('\n');
  const lines = (ends ? text.slice(0, -1) : text).split('\n');
  return `|${ends ? '' : '-'}\n${lines.map((line) => (line === '' ? '' : `${indent}  ${line}`)).join('\n')}\n`;
}

function scalar(value: Exclude<Json, JsonObject | readonly Json[]>): string {
  if (typeof value !== 'string') return String(value);
  return isPlain(value) ? value : quoted(value);
}

/** Plain only when it starts with a letter or slash, holds harmless characters, and is no word or number of YAML 1.1. */
function isPlain(text: string): boolean {
  if (!/^[A-Za-z/][\w ./@+-]*(?::[\w/@+-][\w./@+-]*)*$/.test(text) || /\s$/.test(text)) return false;
  return !/^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i.test(text);
}
