import { isJsonList, isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { formatPath, formatPointer } from '../../model/path.ts';
import { invalid, type Problem } from './document.ts';

type Keys = readonly (string | number)[];

/**
 * An object's fields, read as Go reads JSON into a struct: what is absent or null is the zero value. A value of another type is
 * a problem, in the words of the API server's own check, and reads as absent.
 */
export class Fields {
  readonly value: JsonObject;
  readonly path: Keys;
  readonly problems: Problem[];

  constructor(value: JsonObject, path: Keys, problems: Problem[]) {
    this.value = value;
    this.path = path;
    this.problems = problems;
  }

  pointer(...keys: Keys): string {
    return formatPointer([...this.path, ...keys]);
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  text(key: string): string {
    const value = this.#get(key);
    return typeof value === 'string' ? value : this.#refuse(value, [key], 'string', '');
  }

  flag(key: string): boolean {
    const value = this.#get(key);
    return typeof value === 'boolean' ? value : this.#refuse(value, [key], 'boolean', false);
  }

  texts(key: string): readonly string[] {
    return this.#list(key).flatMap((item, index) =>
      typeof item === 'string' ? [item] : this.#refuse(item, [key, index], 'string', []),
    );
  }

  /** Text by key. */
  map(key: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.json(key) ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : this.#refuse(value, [key, name], 'string', []),
    );
    return Object.fromEntries(entries);
  }

  json(key: string): JsonObject | null {
    const value = this.#get(key);
    return isJsonObject(value) ? value : this.#refuse(value, [key], 'object', null);
  }

  fields(key: string): Fields | null {
    const value = this.json(key);
    return value === null ? null : new Fields(value, [...this.path, key], this.problems);
  }

  items(key: string): readonly Fields[] {
    return this.#list(key).flatMap((item, index) =>
      isJsonObject(item)
        ? [new Fields(item, [...this.path, key, index], this.problems)]
        : this.#refuse(item, [key, index], 'object', []),
    );
  }

  /** Tells of a field that must be there and is not. */
  require(...keys: readonly string[]): void {
    for (const key of keys) {
      if (!this.has(key)) this.problems.push(invalid(this.pointer(), `${this.name(key)}: Required value`));
    }
  }

  /** A field as people write it: `spec.source.path`. */
  name(...keys: Keys): string {
    return formatPath([...this.path, ...keys]);
  }

  #list(key: string): readonly Json[] {
    const value = this.#get(key);
    return isJsonList(value) ? value : this.#refuse(value, [key], 'array', []);
  }

  #get(key: string): Json | undefined {
    return Object.hasOwn(this.value, key) ? (this.value[key] ?? undefined) : undefined;
  }

  #refuse<T>(value: Json | undefined, keys: Keys, type: string, instead: T): T {
    if (value === undefined) return instead;
    const message = `${this.name(...keys)} in body must be of type ${type}: "${typeName(value)}"`;
    this.problems.push(invalid(this.pointer(...keys), message));
    return instead;
  }
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (isJsonList(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'bigint' ? 'integer' : typeof value;
}
