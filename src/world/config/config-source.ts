import type { Json } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import { type ConfigPath, type ConfigProblem, type Fault, orderProblems, type Place, pathText } from './problem.ts';

/** A configuration file as it is written: its value, and where each path of it stands. */
export interface ConfigSource {
  readonly file: string;
  readonly value: Json;
  /** JSON pointer -> the key of an entry, or the item of a list. */
  readonly places: ReadonlyMap<string, Place>;
}

/** Faults with their places; what is not written stands at the nearest thing around it that is. */
export function locate(source: ConfigSource, faults: readonly Fault[]): readonly ConfigProblem[] {
  return orderProblems(
    faults.map(({ at, message, fix }) => ({
      file: source.file,
      ...placeOf(source, at),
      path: pathText(at),
      message,
      fix,
    })),
  );
}

/** Where a path stands, or the nearest path around it. */
export function placeOf(source: ConfigSource, path: ConfigPath): Place {
  for (let length = path.length; length >= 0; length -= 1) {
    const place = source.places.get(formatPointer(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return { line: 1, column: 1 };
}
