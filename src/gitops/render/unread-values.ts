import type { Finding } from '../../model/finding.ts';
import { isJsonObject, type Json } from '../../model/json.ts';
import { formatPath, formatPointer } from '../../model/path.ts';
import type { ChartFile } from './helm-files.ts';
import { readableDocuments } from './readable-documents.ts';

/** Rule of values that no template reads. */
export const unreadValueRule = 'unread-value';

/** Values of one file that are named; the rest is counted. */
const mostNamed = 10;
/** Larger files are not looked at. */
const mostBytes = 512 * 1024;

/** What templates read of `.Values`: by key, what is read below it; `open`: all of it, as a whole. */
interface Reads {
  open: boolean;
  readonly below: Map<string, Reads>;
}

/**
 * Keys of these values files, among the files of a chart and what it depends on, that no template of the chart reads, as a typing mistake makes them. Sure ones only: where templates take
 * `.Values` or a part of it as a whole, or reach a key by a variable, everything below may be read; so may all that a packed chart
 * could read, and what is named after a dependency or in Chart.yaml.
 */
export function unreadValues(files: readonly ChartFile[], told: readonly string[]): readonly Finding[] {
  if (told.length === 0 || files.some(({ path, bytes }) => /\.tgz$/.test(path) || bytes.length > 4 * mostBytes))
    return [];
  const reads: Reads = { open: false, below: new Map() };
  const texts = files.map(({ bytes }) => Buffer.from(bytes).toString('utf8'));
  for (const text of texts) addReads(reads, text);
  if (reads.open) return [];
  const metadata = files.flatMap(({ path }, index) =>
    /(?:^|\/)(?:Chart|requirements)\.yaml$/.test(path) ? [texts[index] ?? ''] : [],
  );
  const named = (key: string): boolean => metadata.some((text) => hasWord(text, key));
  return files
    .filter(({ path, bytes }) => told.includes(path) && bytes.length <= mostBytes)
    .flatMap((file) => unreadIn(file, reads, named));
}

/** A way into `.Values`, and quoted keys that `index` goes on by. */
const way = /\.Values((?:\.[A-Za-z_]\w*)*)((?:\s+"[^"\n]*")*)/g;

function addReads(reads: Reads, text: string): void {
  if (!text.includes('.Values')) return;
  for (const found of text.matchAll(way)) {
    const before = text.slice(Math.max(0, found.index - 40), found.index);
    const isIndex = /\bindex\s+\(?\s*\$?[\w.]*$/.test(before);
    const names = (found[1] ?? '').split('.').slice(1);
    const quoted = isIndex ? [...(found[2] ?? '').matchAll(/"([^"]*)"/g)].map(([, key = '']) => key) : [];
    let place = reads;
    for (const key of [...names, ...quoted]) {
      const next = place.below.get(key) ?? { open: false, below: new Map() };
      place.below.set(key, next);
      place = next;
    }
    place.open = true;
  }
}

function unreadIn({ path, bytes }: ChartFile, reads: Reads, isNamed: (key: string) => boolean): readonly Finding[] {
  const [document] = readableDocuments(path, bytes);
  if (document === undefined || !isJsonObject(document.value)) return [];
  const top = Object.entries(document.value).filter(([key]) => key !== 'global' && !isNamed(key));
  const paths = top.flatMap(([key, value]) => unreadBelow(value, [key], reads.below.get(key)));
  const finding = (at: readonly string[], more: string): Finding => ({
    ...{ rule: unreadValueRule, severity: 'note', target: null, resource: null, file: path },
    line: document.lines.get(formatPointer(at)) ?? document.line,
    message: `No template of the chart reads ${formatPath(at)}${more}.`,
    fix: 'See whether it is spelled as the chart spells it.',
  });
  const rest = paths.length - mostNamed;
  return paths
    .slice(0, mostNamed)
    .map((at, index) => finding(at, index === mostNamed - 1 && rest > 0 ? `, and ${rest} more values` : ''));
}

function unreadBelow(value: Json, at: readonly string[], reads: Reads | undefined): readonly (readonly string[])[] {
  // Nothing is a way to take a default out.
  if (value === null) return [];
  if (reads === undefined) return [at];
  if (reads.open || !isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, below]) => unreadBelow(below, [...at, key], reads.below.get(key)));
}

function hasWord(text: string, word: string): boolean {
  return text.split(/[^\w-]+/).includes(word);
}
