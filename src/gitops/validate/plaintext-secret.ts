import { canonicalJson } from '../../formats/json.ts';
import { decodeManifests } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonObject } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import { formatResource, lineOf, type Resource } from '../../model/resource.ts';
import { filledIn, type Holder, isHarmless, type OpenValue } from './open-values.ts';

/**
 * Values of Secrets in clear. Sealed, external and SOPS-encrypted secrets have none, nor are placeholders and public
 * certificates meant. A file that is no manifest has none.
 */
export function plaintextSecrets(path: string, text: string): readonly OpenValue[] {
  if (!/\bSecret\b/.test(text)) return [];
  return manifestsIn(path, text)
    .filter(({ id }) => id.group === '' && id.kind === 'Secret')
    .flatMap((resource) => {
      const holder = { subject: formatResource(resource.id), resource: resource.id, file: path };
      return [
        ...openValuesOf(resource, holder, ['data', decodeBase64]),
        ...openValuesOf(resource, holder, ['stringData', (value) => value]),
      ];
    });
}

/** The objects of a file of manifests, or of a Helm template as far as it says things literally; none of other files. */
export function manifestsIn(path: string, text: string): readonly Resource[] {
  return resourcesIn(path, text) ?? resourcesIn(path, withoutActions(text)) ?? [];
}

/** Null for a broken file: why it cannot be read is told elsewhere. */
function resourcesIn(path: string, text: string): readonly Resource[] | null {
  try {
    return decodeManifests({ file: path, bytes: new TextEncoder().encode(text) }).resources;
  } catch (fault) {
    if (fault instanceof FairleadError && fault.code === 'decode-failed') return null;
    throw fault;
  }
}

/** A Helm template with its actions taken out, line by line: mostly YAML, and what it says literally is there. */
function withoutActions(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (let open = text.indexOf('{{'); open !== -1; open = text.indexOf('{{', at)) {
    const close = text.indexOf('}}', open);
    if (close === -1) break;
    const lines = text.slice(open, close).split('\n').length - 1;
    parts.push(text.slice(at, open), filledIn, '\n'.repeat(lines));
    at = close + 2;
  }
  const lines = [...parts, text.slice(at)].join('').split('\n');
  return lines.map((line) => (line.replaceAll(filledIn, '').trim() === '' ? '' : line)).join('\n');
}

function openValuesOf(
  resource: Resource,
  holder: Holder,
  [field, decode]: readonly [string, (value: string) => string],
): readonly OpenValue[] {
  const values = resource.object[field];
  if (!isJsonObject(values)) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    if (value === null) return [];
    const plain = typeof value === 'string' ? decode(value).trim() : canonicalJson(value);
    if (typeof value === 'string' && [value.trim(), plain].some(isHarmless)) return [];
    const line = lineOf(resource, formatPointer([field, key]));
    return [{ holder, name: `${field}.${key}`, line, value: [holder.subject, key, plain].join('\u0000') }];
  });
}

function decodeBase64(value: string): string {
  return Buffer.from(value, 'base64').toString('utf8');
}
