import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../../model/json.ts';

/** One step of a path as structured-merge-diff writes it: a field, an index, or the keys of a list item. */
type Step = string | number | Readonly<Record<string, unknown>>;

/** The paths that a refusal calls undeclared, as it writes them: `.spec.containers[name="web"].imagee`. */
export function undeclaredPaths(message: string): readonly string[] {
  const faults = message.split(/: errors: |\): |; /);
  return faults.flatMap((fault) => /^(\..+): field not declared in schema\.?$/.exec(fault)?.[1] ?? []);
}

/**
 * The object without these paths; null when one of them cannot be found. For `fieldValidation=Warn` and `Ignore`:
 * server-side apply refuses undeclared fields of built-in kinds in every mode (kubernetes 1.36), where create and update
 * would drop them.
 */
export function withoutPaths(object: JsonObject, paths: readonly string[]): JsonObject | null {
  let shortened: Json | null = object;
  for (const path of paths) {
    const steps = parseSteps(path);
    shortened = steps === null || shortened === null ? null : without(shortened, steps);
  }
  return isJsonObject(shortened ?? undefined) ? (shortened as JsonObject) : null; // just tested
}

function without(value: Json, steps: readonly Step[]): Json | null {
  const [step, ...rest] = steps;
  if (typeof step === 'string') return isJsonObject(value) ? withoutField(value, step, rest) : null;
  if (step === undefined || !isJsonList(value)) return null;
  const index = typeof step === 'number' ? step : value.findIndex((item) => matches(item, step));
  const item = value[index];
  if (item === undefined) return null;
  if (rest.length === 0) return value.toSpliced(index, 1);
  const shortened = without(item, rest);
  return shortened === null ? null : value.with(index, shortened);
}

function withoutField(object: JsonObject, name: string, rest: readonly Step[]): Json | null {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (value === undefined) return null;
  const { [name]: _gone, ...others } = object;
  if (rest.length === 0) return others;
  const shortened = without(value, rest);
  return shortened === null ? null : { ...object, [name]: shortened };
}

function matches(item: Json, keys: Readonly<Record<string, unknown>>): boolean {
  if (!isJsonObject(item)) return false;
  // a key the object leaves out is one the server fills in (protocol: TCP)
  return Object.entries(keys).every(([name, value]) => item[name] === undefined || item[name] === value);
}

function parseSteps(path: string): readonly Step[] | null {
  const steps: Step[] = [];
  let rest = path;
  while (rest !== '') {
    const found =
      /^\.([^.[\]]+)|^\[(\d+)\]|^\[([^[\]"=]+=(?:"(?:[^"\\]|\\.)*"|[^,\]"]*)(?:,[^[\]"=]+=(?:"(?:[^"\\]|\\.)*"|[^,\]"]*))*)\]/.exec(
        rest,
      );
    if (found === null) return null;
    const [whole, field, index, keys] = found;
    steps.push(field ?? (index === undefined ? parseKeys(keys ?? '') : Number(index)));
    rest = rest.slice(whole.length);
  }
  return steps;
}

function parseKeys(text: string): Readonly<Record<string, unknown>> {
  const pairs = [...text.matchAll(/([^,=]+)=("(?:[^"\\]|\\.)*"|[^,]*)/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, parseScalar(value)]));
}

function parseScalar(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // an unquoted word
  }
}
