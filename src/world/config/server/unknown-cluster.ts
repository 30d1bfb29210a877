import { nearest } from '../../../formats/nearest.ts';
import { type ConfigPath, type Fault, listed, quote } from '../problem.ts';

/** A cluster that is named, and not one of the file. */
export function unknownCluster(at: ConfigPath, name: string, known: readonly string[]): readonly Fault[] {
  if (known.includes(name)) return [];
  const near = nearest(name, known);
  const message = `${quote(name)} is no cluster of this file${near === null ? '' : `; did you mean ${quote(near)}?`}`;
  const fix = known.length === 0 ? 'Add it under clusters, or leave it out.' : `Name one of ${listed(known)}.`;
  return [{ at, message, fix }];
}
