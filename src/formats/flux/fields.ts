import type { Finding } from '../../model/finding.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../model/json.ts';
import { formatPath, formatPointer } from '../../model/path.ts';
import { formatResource, lineOf, type Resource } from '../../model/resource.ts';

/** Where a field stands in its object: keys and indexes from the root. */
export type FieldPath = readonly (string | number)[];

/**
 * Reads the fields of one object as their types say, and gathers a finding with file and line for each that is of another type, or
 * missing though required: the API server would refuse the object. A field that is null is absent.
 */
export class Fields {
  readonly findings: Finding[] = [];
  readonly #resource: Resource;

  constructor(resource: Resource) {
    this.#resource = resource;
  }

  /** Text, or null when absent. */
  text(...path: FieldPath): string | null {
    const value = this.#value(path);
    if (value === null || typeof value === 'string') return value;
    return this.#wrong(path, 'text', null);
  }

  /** Text that must be there and not empty; '' when it is not, after a finding. */
  required(...path: FieldPath): string {
    const before = this.findings.length;
    const value = this.text(...path);
    if (value !== null && value !== '') return value;
    if (this.findings.length === before) this.refuse(path, `${formatPath(path)} is required.`);
    return '';
  }

  /** One of a few words, or null when absent. */
  oneOf<const T extends string>(words: readonly T[], ...path: FieldPath): T | null {
    const value = this.text(...path);
    if (value === null) return null;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    this.refuse(path, `${formatPath(path)} is ${JSON.stringify(value)}; it may be ${words.join(', ')}.`);
    return null;
  }

  /** False when absent. */
  flag(...path: FieldPath): boolean {
    const value = this.#value(path);
    if (value === null || typeof value === 'boolean') return value ?? false;
    return this.#wrong(path, 'true or false', false);
  }

  /** An object, or null when absent. */
  object(...path: FieldPath): JsonObject | null {
    const value = this.#value(path);
    if (value === null || isJsonObject(value)) return value;
    return this.#wrong(path, 'an object', null);
  }

  /** The paths of the objects of a list; empty when absent. */
  items(...path: FieldPath): readonly FieldPath[] {
    return this.#list(path).flatMap((item, index) => {
      const at = [...path, index];
      return isJsonObject(item) ? [at] : this.#wrong(at, 'an object', []);
    });
  }

  /** A list of texts; empty when absent. */
  texts(...path: FieldPath): readonly string[] {
    return this.#list(path).flatMap((item, index) =>
      typeof item === 'string' ? [item] : this.#wrong([...path, index], 'text', []),
    );
  }

  /** Texts by key; empty when absent. */
  textMap(...path: FieldPath): Readonly<Record<string, string>> {
    const entries = Object.entries(this.object(...path) ?? {}).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[key, value]] : this.#wrong([...path, key], 'text (quote it)', []),
    );
    return Object.fromEntries(entries);
  }

  /** A field that is not as it must be. */
  refuse(path: FieldPath, message: string): void {
    this.findings.push({ ...this.#finding(path, message), rule: 'flux-invalid', severity: 'block' });
  }

  /** Something worth knowing about a field. */
  remark(path: FieldPath, rule: string, message: string): void {
    this.findings.push({ ...this.#finding(path, message), rule, severity: 'note' });
  }

  #list(path: FieldPath): readonly Json[] {
    const value = this.#value(path);
    if (value === null || isJsonList(value)) return value ?? [];
    return this.#wrong(path, 'a list', []);
  }

  #value(path: FieldPath): Json {
    let value: Json | undefined = this.#resource.object;
    for (const step of path) {
      if (typeof step === 'string') value = pick(value, step);
      else value = isJsonList(value) ? value[step] : undefined;
    }
    return value ?? null;
  }

  #wrong<T>(path: FieldPath, expected: string, fallback: T): T {
    this.refuse(path, `${formatPath(path)} must be ${expected}.`);
    return fallback;
  }

  #finding(path: FieldPath, message: string): Omit<Finding, 'rule' | 'severity'> {
    const { id, source } = this.#resource;
    return {
      target: null,
      resource: id,
      file: source?.file ?? null,
      line: lineOf(this.#resource, formatPointer(path)),
      message: `${formatResource(id)}: ${message}`,
      fix: null,
    };
  }
}
