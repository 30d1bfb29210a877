import type { Change, PathChange } from '../../model/change.ts';
import type { Json } from '../../model/json.ts';

/** Labels that carry a chart's or application's version. */
const versionLabels = new Set(['helm.sh/chart', 'app.kubernetes.io/version']);

/** Whether every change is only an image or chart version below a major bump. */
export function isRoutine(changes: readonly Change[]): boolean {
  return (
    changes.length > 0 &&
    changes.every((change) => change.action === 'update' && isPlain(change) && change.paths.every(isVersionBump))
  );
}

/** Said by the server, and with nothing that stays against Git. */
function isPlain({ paths, offline, stays }: Change): boolean {
  return paths.length > 0 && offline === undefined && stays === undefined;
}

function isVersionBump(change: PathChange): boolean {
  const last = change.path.at(-1);
  if (last === 'image') return isMinorBump(imageParts(change.before), imageParts(change.after));
  if (typeof last === 'string' && versionLabels.has(last))
    return isMinorBump(labelParts(change.before), labelParts(change.after));
  return false;
}

interface Versioned {
  readonly name: string;
  readonly version: readonly number[];
}

/** Same name, same major version, and not a step back. */
function isMinorBump(before: Versioned | null, after: Versioned | null): boolean {
  if (before === null || after === null || before.name !== after.name) return false;
  if (before.version[0] !== after.version[0]) return false;
  for (const [index, number] of after.version.entries()) {
    const difference = number - (before.version[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** `registry:5000/app:v1.2.3@sha256:…` -> name and version; null when the tag is no version. */
function imageParts(value: Json): Versioned | null {
  if (typeof value !== 'string') return null;
  const [reference = ''] = value.split('@', 1);
  const colon = reference.lastIndexOf(':');
  if (colon <= reference.lastIndexOf('/')) return null;
  return versioned(reference.slice(0, colon), reference.slice(colon + 1));
}

/** `checkout-1.4.2` or `1.4.2` -> name and version. */
function labelParts(value: Json): Versioned | null {
  if (typeof value !== 'string') return null;
  const match = /^(?:(.*)-)?(v?\d+\.\d+(?:\.\d+)?.*)$/.exec(value);
  return match === null ? null : versioned(match[1] ?? '', match[2] ?? '');
}

/** Semantic version core (semver.org 2.0.0); a pre-release part must be equal to count, so it belongs to the name. */
function versioned(name: string, text: string): Versioned | null {
  const match = /^v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?([-+].*)?$/.exec(text);
  if (match === null) return null;
  return { name: `${name}${match[4] ?? ''}`, version: [match[1], match[2], match[3] ?? '0'].map(Number) };
}
