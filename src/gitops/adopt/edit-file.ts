import { canonicalJson } from '../../formats/json.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import type { Json } from '../../model/json.ts';
import type { Path } from '../../model/path.ts';
import { NotWritable } from './adoption.ts';
import { editDocument } from './edit-document.ts';
import { setAt } from './value-at.ts';

/** Values to be written into one document of a file. */
export interface FileEdit {
  readonly file: string;
  /** Where in a document the edited object stands; null for a document that is not meant. */
  readonly find: (document: Json) => Path | null;
  /** Paths inside that object; null takes the value away. */
  readonly edits: readonly { readonly path: Path; readonly value: Json }[];
}

/**
 * The file with the values written; every other document keeps its bytes. What comes out is read again as Kubernetes reads it, and
 * must be what went in but for these values: else, and when no document or several are meant, throws `NotWritable`.
 */
export function editFile(text: string, { file, find, edits }: FileEdit): string {
  const parts = splitFile(text, file);
  const meant = parts.flatMap(({ values }, index) =>
    values.map(find).flatMap((root) => (root === null ? [] : [{ index, root }])),
  );
  const [place] = meant;
  if (place === undefined || meant.length > 1)
    throw new NotWritable(
      `${file} ${place === undefined ? 'does not hold the object' : 'holds the object more than once'}.`,
    );
  const wanted = edits.map(({ path, value }) => ({ path: [...place.root, ...path], value }));
  const after = parts
    .map(({ text: part }, index) =>
      index === place.index ? wanted.reduce((body, edit) => editDocument(body, edit.path, edit.value), part) : part,
    )
    .join('');
  const expected = parts.flatMap(({ values }, index) =>
    index === place.index
      ? values.map((value) => wanted.reduce((now, edit) => setAt(now, edit.path, edit.value), value))
      : values,
  );
  if (canonicalJson(expected) !== canonicalJson(valuesOf(after, file)))
    throw new NotWritable(`${file} is written in a way that cannot be edited without changing more.`);
  return after;
}

interface Part {
  /** Separators are parts of their own, without values. */
  readonly text: string;
  readonly values: readonly Json[];
}

function splitFile(text: string, file: string): readonly Part[] {
  const whole = valuesOf(text, file);
  const parts = text
    .split(/^(---[^\n]*(?:\n|$))/m)
    .map((part) => ({ text: part, values: part.startsWith('---') ? [] : valuesOf(part, file) }));
  // Whoever reads the file as a whole must see the same documents.
  if (canonicalJson(parts.flatMap(({ values }) => values)) !== canonicalJson(whole))
    throw new NotWritable(`${file} is written in a way that cannot be edited.`);
  return parts;
}

function valuesOf(text: string, file: string): readonly Json[] {
  return decodeYaml({ file, bytes: new TextEncoder().encode(text) }).map(({ value }) => value);
}
