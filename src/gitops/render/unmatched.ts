import type { Finding } from '../../model/finding.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../model/json.ts';
import { formatPointer } from '../../model/path.ts';
import type { Resource } from '../../model/resource.ts';
import { compileGoPattern } from '../../tools/go-pattern.ts';
import { readableDocuments } from './readable-documents.ts';

/** Rules of entries of kustomizations that change nothing. */
export const unmatchedRules = { patch: 'unmatched-patch', image: 'unmatched-image' } as const;

/** A kustomization file of a build. */
export interface KustomizationFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Patches with a target, and images, that match nothing: kustomize passes over them in silence. Told from what the build gave, so only
 * where it is sure: a name may have got a prefix since, and where patches delete, rename or change kinds nothing is said.
 */
export function unmatched(
  files: readonly KustomizationFile[],
  all: ReadonlyMap<string, Uint8Array>,
  resources: readonly Resource[],
): readonly Finding[] {
  const documents = files.flatMap(({ path, bytes }) => readableDocuments(path, bytes).map((one) => ({ path, ...one })));
  const patches = documents.flatMap((document) => patchesOf(document, resources));
  const isSure = patches.length > 0 && ![...all.values()].some((bytes) => reshaping.test(textOf(bytes)));
  return [...(isSure ? patches : []), ...imagesOf(documents, resources)];
}

/** Words of patches after which the objects are not what their targets were. */
const reshaping = /\$patch|allow(?:Name|Kind)Change/;

function imagesOf(documents: readonly Document[], resources: readonly Resource[]): readonly Finding[] {
  const entries = documents.flatMap(({ value }) => listAt(value, 'images'));
  if (entries.length === 0) return [];
  const used = new Set(resources.flatMap(({ object }) => imagesIn(object)).map(nameOfImage));
  const images: Images = { used, renamed: new Set(entries.map((entry) => pickText(entry, 'name') ?? '')) };
  return documents.flatMap((document) => imageEntries(document, images));
}

interface Document {
  readonly path: string;
  readonly value: Json;
  readonly line: number;
  readonly lines: ReadonlyMap<string, number>;
}

function patchesOf(document: Document, resources: readonly Resource[]): readonly Finding[] {
  return ['patches', 'patchesJson6902'].flatMap((field) =>
    listAt(document.value, field).flatMap((entry, index) => {
      const target = pick(entry, 'target');
      if (!isJsonObject(target) || resources.some((resource) => mayMatch(target, resource))) return [];
      const what = Object.entries(target).map(([key, value]) => `${key} ${String(value)}`);
      return [
        note(document, [field, index], {
          rule: unmatchedRules.patch,
          message: `The patch for ${what.join(', ')} matches no object and changes nothing.`,
        }),
      ];
    }),
  );
}

/** As kustomize compares (api/types/selector.go: anchored expressions), a name with anything around it. */
function mayMatch(target: JsonObject, { id }: Resource): boolean {
  const { group, kind, name } = target;
  return fits(group, id.group, true) && fits(kind, id.kind, true) && fits(name, id.name, false);
}

function fits(wanted: Json | undefined, found: string, isWhole: boolean): boolean {
  if (typeof wanted !== 'string' || wanted === '') return true;
  const pattern = compileGoPattern(isWhole ? `^(?:${wanted})$` : wanted.replace(/^\^|\$$/g, ''));
  return pattern === null || pattern.test(found);
}

interface Images {
  /** Names in what the build gave. */
  readonly used: ReadonlySet<string>;
  /** Names that some entry gives another name, perhaps one that an entry before it gave. */
  readonly renamed: ReadonlySet<string>;
}

function imageEntries(document: Document, { used, renamed }: Images): readonly Finding[] {
  return listAt(document.value, 'images').flatMap((entry, index) => {
    const [name, newName] = [pickText(entry, 'name') ?? '', pickText(entry, 'newName')];
    const given = newName === undefined ? name : nameOfImage(newName);
    if (name === '' || used.has(given) || (given !== name && renamed.has(given))) return [];
    return [
      note(document, ['images', index], {
        rule: unmatchedRules.image,
        message: `The image ${name} is used by no container; the entry changes nothing.`,
      }),
    ];
  });
}

function imagesIn(value: Json): readonly string[] {
  if (isJsonList(value)) return value.flatMap(imagesIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, below]) =>
    key === 'image' && typeof below === 'string' ? [below] : imagesIn(below),
  );
}

/** Without tag and digest. */
function nameOfImage(image: string): string {
  const [plain = ''] = image.split('@');
  return plain.replace(/:[^/:]*$/, '');
}

function listAt(value: Json, field: string): readonly Json[] {
  const found = pick(value, field);
  return isJsonList(found) ? found : [];
}

function note(
  { path, line, lines }: Document,
  at: readonly (string | number)[],
  said: Pick<Finding, 'rule' | 'message'>,
): Finding {
  const place = { file: path, line: lines.get(formatPointer(at)) ?? line };
  return { ...said, severity: 'note', target: null, resource: null, ...place, fix: 'See whether it is spelled right.' };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
