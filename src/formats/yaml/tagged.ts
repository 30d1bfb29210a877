import type { Json } from '../../model/json.ts';
import { resolvePlain } from './scalar.ts';

/** A scalar with a tag: its value, or why kubectl refuses it. */
export type Tagged = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string };

/** What a scalar with an explicit tag means (go-yaml v2). Tags it does not know make text, and so does `!`. */
export function resolveTagged(tag: string, text: string): Tagged {
  const name = longName(tag);
  const kind = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  if (kind === 'binary') return decodeBinary(text);
  const accepts = Object.hasOwn(acceptors, kind) ? acceptors[kind] : undefined;
  if (accepts === undefined) return { ok: true, value: text };
  const value = accepts(text);
  return value === undefined ? { ok: false, reason: `the scalar is no !!${kind}` } : { ok: true, value };
}

const prefix = 'tag:yaml.org,2002:';

function longName(tag: string): string {
  if (tag.startsWith('!<')) return decodePercent(tag.slice(2, -1));
  return tag.startsWith('!!') ? prefix + decodePercent(tag.slice(2)) : decodePercent(tag);
}

function decodePercent(text: string): string {
  return text.includes('%') ? decodeURIComponent(text) : text;
}

/** Value by tag; undefined where the scalar does not fit its tag. */
const acceptors: Readonly<Record<string, (text: string) => Json | undefined>> = {
  str: (text) => text,
  bool: (text) => only(resolvePlain(text), 'boolean'),
  null: (text) => (resolvePlain(text) === null ? null : undefined),
  int: (text) => (isFloatText(text) ? undefined : number(text)),
  float: (text) => (isUint64(text) ? undefined : number(text)),
  timestamp: (text) => (isTimestamp(text) ? text : undefined),
};

function only(value: Json, type: 'boolean'): Json | undefined {
  return typeof value === type ? value : undefined;
}

function number(text: string): Json | undefined {
  const value = resolvePlain(text);
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}

/** Whether Go reads an unsigned integer, which it makes no float. */
function isUint64(text: string): boolean {
  return /^[1-9][0-9]*$/.test(text) && BigInt(text) >= 2n ** 63n && BigInt(text) < 2n ** 64n;
}

/** Whether a number is written with a point or exponent, or a leading zero that octal does not allow. */
function isFloatText(text: string): boolean {
  return /^[+-]?0[0-9_]*[89]/.test(text) || /[.]/.test(text) || (/e/i.test(text) && !/^[+-]?0x/i.test(text));
}

/** go-yaml's four layouts, with one or two digits in every field but the year. */
function isTimestamp(text: string): boolean {
  const match = /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\S+?)(?:Z|[+-]\d\d:\d\d)| (\S+))?$/.exec(text);
  if (match === null) return false;
  const [, year, month, day, zoned, local] = match;
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const isDay = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days;
  const clock = zoned ?? local;
  return isDay && (clock === undefined || /^(?:[01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(?:[.,]\d+)?$/.test(clock));
}

function decodeBinary(text: string): Tagged {
  const compact = text.replace(/[\r\n]/g, '');
  const isBase64 = compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
  if (!isBase64) return { ok: false, reason: 'the !!binary scalar is no base64' };
  return { ok: true, value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(compact, 'base64')) };
}
