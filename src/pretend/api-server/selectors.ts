import { isJsonObject, type JsonObject, pick, pickText } from '../../model/json.ts';
import { badRequest } from './status.ts';

/** Whether an object is wanted. */
export type Selector = (object: JsonObject) => boolean;

/**
 * Reads `labelSelector` and `fieldSelector` of a query. Fields may be `metadata.name` and `metadata.namespace`. Throws a
 * 400 `StatusError` for what cannot be read.
 */
export function readSelector(query: URLSearchParams): Selector {
  const tests = [
    ...splitTerms(query.get('labelSelector') ?? '').map(labelTest),
    ...splitTerms(query.get('fieldSelector') ?? '').map(fieldTest),
  ];
  return (object) => tests.every((test) => test(object));
}

/** Terms are parted by commas, but not by those within `in (a,b)`. */
function splitTerms(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function labelTest(term: string): Selector {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set !== null) return setTest(set[1] ?? '', set[2] === 'in', set[3] ?? '');
  const equal = /^([^=!\s]+)\s*(!=|==|=)\s*(\S*)$/.exec(term);
  if (equal !== null) return setTest(equal[1] ?? '', equal[2] !== '!=', equal[3] ?? '');
  const exists = /^(!?)\s*([^\s=!]+)$/.exec(term);
  if (exists === null) throw badRequest(`unable to parse requirement: ${term}`);
  const key = exists[2] ?? '';
  return (object) => (labelOf(object, key) === undefined) === (exists[1] === '!');
}

function setTest(key: string, isMember: boolean, values: string): Selector {
  const wanted = new Set(values.split(',').map((value) => value.trim()));
  return (object) => {
    const label = labelOf(object, key);
    return (label !== undefined && wanted.has(label)) === isMember;
  };
}

function labelOf(object: JsonObject, key: string): string | undefined {
  const labels = pick(object, 'metadata', 'labels');
  return isJsonObject(labels) ? pickText(labels, key) : undefined;
}

function fieldTest(term: string): Selector {
  const parts = /^(metadata\.(?:name|namespace))\s*(!=|==|=)\s*(\S*)$/.exec(term);
  if (parts === null) throw badRequest(`field label not supported: ${term.split(/[!=]/)[0]}`);
  const [, path = '', operator, value = ''] = parts;
  return (object) => ((pickText(object, ...path.split('.')) ?? '') === value) === (operator !== '!=');
}
