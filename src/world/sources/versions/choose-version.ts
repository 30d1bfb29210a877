import { parseConstraint } from './constraint.ts';
import { parseVersion } from './version.ts';

/** What Helm takes of versions that come newest first: the one written so, else the first in the range. Null where there is none. */
export function chooseVersion<T extends { readonly version: string }>(offered: readonly T[], wanted: string): T | null {
  const same = wanted === '' ? undefined : offered.find(({ version }) => version === wanted);
  if (same !== undefined) return same;
  const constraint = parseConstraint(wanted);
  if (constraint === null) return null;
  const isTaken = ({ version }: T): boolean => {
    const parsed = parseVersion(version);
    return parsed !== null && constraint(parsed);
  };
  return offered.find(isTaken) ?? null;
}
