import { isJsonObject, type Json } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import { withDefaults } from './build-settings.ts';
import type { ConfigSource } from './config-source.ts';
import type { Shape } from './option.ts';
import { configOptions } from './options.ts';
import { type ConfigPath, pathText, quote } from './problem.ts';

/** One value that holds, and why. */
export interface Explained {
  readonly path: string;
  /** As it could be written; `none` where nothing holds. */
  readonly value: string;
  /** `default`, or `file:line`. */
  readonly origin: string;
}

/** Every value that holds by a file in which no problem was found; of one environment only, with what holds for all, when it is named. */
export function explainSettings(
  source: ConfigSource,
  { engines, environment }: { readonly engines: readonly string[]; readonly environment: string | null },
): readonly Explained[] {
  const options = configOptions(engines);
  const rows = explain({ shape: options, value: withDefaults(options, source.value), path: [], source });
  return rows.filter(({ at }) => isAbout(at, environment)).map(({ row }) => row);
}

interface Subject {
  readonly shape: Shape;
  readonly value: Json | undefined;
  readonly path: ConfigPath;
  readonly source: ConfigSource;
}

interface Row {
  readonly at: ConfigPath;
  readonly row: Explained;
}

function explain(subject: Subject): readonly Row[] {
  const { shape, value, path } = subject;
  if (!isJsonObject(value)) return [leaf(subject)];
  const inside = (name: string, part: Shape): readonly Row[] =>
    explain({ ...subject, shape: part, value: value[name], path: [...path, name] });
  if (shape.kind === 'group') return shape.options.flatMap((option) => inside(option.name, option.shape));
  if (shape.kind !== 'named' || Object.keys(value).length === 0) return [leaf(subject)];
  return Object.keys(value).flatMap((name) => inside(name, shape.of));
}

function leaf({ value, path, source }: Subject): Row {
  const place = source.places.get(formatPointer(path));
  const origin = place === undefined ? 'default' : `${source.file}:${place.line}`;
  return { at: path, row: { path: pathText(path), value: written(value), origin } };
}

function written(value: Json | undefined): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string') return value;
  if (isJsonObject(value)) return 'none';
  return Array.isArray(value) ? listText(value) : quote(value);
}

function listText(items: readonly Json[]): string {
  return items.length === 0 ? 'none' : items.map((item) => (typeof item === 'string' ? item : quote(item))).join(', ');
}

function isAbout([area, name]: ConfigPath, environment: string | null): boolean {
  if (environment === null || area !== 'environments') return environment === null || area !== 'applications';
  return name === environment;
}
