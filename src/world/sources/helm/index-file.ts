import { isJsonList, isJsonObject, type Json, pick, pickText } from '../../../model/json.ts';
import { compareVersions, parseVersion, type Version } from '../versions/version.ts';

/** One version of a chart a Helm repository offers. */
export interface ChartVersion {
  readonly version: string;
  /** Where its archive lies, absolute or from the repository. */
  readonly url: string;
  /** `sha256:…` of the archive; null where the index does not say. */
  readonly digest: string | null;
}

/** Charts by name, newest first. */
export type ChartIndex = ReadonlyMap<string, readonly ChartVersion[]>;

/** The charts of an index.yaml; entries without version or address are left out, as Helm does. Null for what is no index. */
export function readIndex(value: Json): ChartIndex | null {
  const entries = pick(value, 'entries');
  if (pickText(value, 'apiVersion') === undefined || (entries !== null && !isJsonObject(entries))) return null;
  return new Map(
    Object.entries(entries ?? {}).map(([name, versions]) => [
      name,
      newestFirst(isJsonList(versions) ? versions.flatMap(chartVersions) : []),
    ]),
  );
}

function chartVersions(value: Json): readonly ChartVersion[] {
  const [version, urls] = [pickText(value, 'version'), pick(value, 'urls')];
  const url = isJsonList(urls) ? urls[0] : undefined;
  if (version === undefined || typeof url !== 'string') return [];
  const digest = (pickText(value, 'digest') ?? '').replace(/^sha256:/, '').toLowerCase();
  return [{ version, url, digest: digest === '' ? null : `sha256:${digest}` }];
}

/** Those that are no versions come last. */
function newestFirst(versions: readonly ChartVersion[]): readonly ChartVersion[] {
  const parsed = versions.map((entry) => ({ entry, version: parseVersion(entry.version) }));
  return parsed.sort((one, other) => order(other.version, one.version)).map(({ entry }) => entry);
}

function order(one: Version | null, other: Version | null): number {
  if (one === null || other === null) return Number(one !== null) - Number(other !== null);
  return compareVersions(one, other);
}
