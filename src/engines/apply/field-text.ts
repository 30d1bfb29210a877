import { findItem } from '../../gitops/diff/list-items.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';

/** A field the API server complains about: where it stands in the object, as far as the object has it, and what is wrong. */
export interface Complaint {
  readonly at: readonly (string | number)[];
  /** The field as the server writes it, without a leading dot. */
  readonly field: string;
  readonly reason: string;
}

/** Reasons the validation of Kubernetes gives (k8s.io/apimachinery field.ErrorType). */
const reasons =
  'Invalid value|Unsupported value|Required value|Duplicate value|Forbidden|Too long|Too many|Too few|Not found|Internal error';

const invalidField = new RegExp(
  String.raw`(?:^|[\[ ])([A-Za-z][\w$-]*(?:\.[\w$-]+|\[[^\]]*\])*): (?=(?:${reasons})\b)`,
  'g',
);

const typedField = /^\s*(\.\S.*?): (field not declared in schema|duplicate entries for key .*|expected .*)$/;

/**
 * What the server says about fields that do not fit the schema: `... .spec.foo: field not declared in schema` with server-side apply,
 * `strict decoding error: unknown field "spec.foo"` with every other write.
 */
export function typedComplaints(message: string, object: JsonObject): readonly Complaint[] {
  if (message.includes(strictDecoding)) return unknownFields(message, object);
  if (!message.includes('failed to create typed patch object')) return [];
  // `...: errors:` stands before several, one a line or separated by semicolons.
  return message.split(/\n|; |: errors:|\): /).flatMap((fault) => {
    const [, path, reason] = typedField.exec(fault.replace(/\.$/, '')) ?? [];
    if (path === undefined || reason === undefined) return [];
    return [{ at: locateField(object, path), field: path.slice(1), reason }];
  });
}

const strictDecoding = 'strict decoding error: ';

/** The object itself may be quoted before. */
function unknownFields(message: string, object: JsonObject): readonly Complaint[] {
  const text = message.slice(message.lastIndexOf(strictDecoding));
  return [...text.matchAll(/unknown field "([^"]+)"/g)].map(([, field = '']) => ({
    ...{ at: locateField(object, `.${field}`), field },
    reason: 'field not declared in schema',
  }));
}

/** What validation says (422): `spec.replicas: Invalid value: -1: must be greater than or equal to 0`, one or more. */
export function invalidComplaints(message: string, object: JsonObject): readonly Complaint[] {
  const start = message.indexOf(' is invalid: ');
  if (start === -1) return [];
  const text = message.slice(start + ' is invalid: '.length).replace(/\.$/, '');
  const matches = [...text.matchAll(invalidField)];
  return matches.map((match, index) => {
    const field = match[1] ?? '';
    const end = matches[index + 1]?.index ?? text.length;
    const reason = text.slice(match.index + match[0].length, end).replace(/[,\s\]]+$/, '');
    return { at: locateField(object, field), field, reason };
  });
}

/** Where a field stands that the server names: `.spec.containers[name="c"].image`, `spec.ports[0].port`, `data[a.b]`. */
export function locateField(object: JsonObject, text: string): readonly (string | number)[] {
  const at: (string | number)[] = [];
  let current: Json = object;
  let rest = /^[.[]/.test(text) ? text : `.${text}`;
  while (rest !== '') {
    const step: Step | null = isJsonList(current) ? itemStep(current, rest) : keyStep(current, rest);
    if (step === null) return at;
    at.push(step.segment);
    current = step.value;
    rest = rest.slice(step.length);
  }
  return at;
}

interface Step {
  readonly segment: string | number;
  readonly value: Json;
  /** Characters of the text it took. */
  readonly length: number;
}

function itemStep(list: readonly Json[], text: string): Step | null {
  const match = /^\[([^\]]*)\]/.exec(text);
  if (match === null) return null;
  const [whole, inner = ''] = match;
  const index = /^\d+$/.test(inner) ? Number(inner) : findItem(list, parseKeys(inner));
  return index < 0 || index >= list.length
    ? null
    : { segment: index, value: list[index] ?? null, length: whole.length };
}

/** Keys may hold dots themselves: the longest own key that fits is meant. */
function keyStep(value: Json, text: string): Step | null {
  if (!isJsonObject(value)) return null;
  const fitting = Object.keys(value)
    .map((key) => ({ key, length: fittingLength(key, text) }))
    .sort((one, other) => other.length - one.length)[0];
  if (fitting === undefined || fitting.length === 0) return null;
  return { segment: fitting.key, value: value[fitting.key] ?? null, length: fitting.length };
}

function fittingLength(key: string, text: string): number {
  if (text.startsWith(`[${key}]`)) return key.length + 2;
  const next = text[key.length + 1];
  return text.startsWith(`.${key}`) && (next === undefined || next === '.' || next === '[') ? key.length + 1 : 0;
}

function parseKeys(text: string): Readonly<Record<string, string | number>> {
  const pairs = [...text.matchAll(/([\w$-]+)=("(?:[^"\\]|\\.)*"|[^,]+)/g)];
  return Object.fromEntries(
    pairs.map(([, key = '', value = '']) => [key, value.startsWith('"') ? JSON.parse(value) : Number(value)]),
  );
}
