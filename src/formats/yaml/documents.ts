import { decodeFailed, fixSyntax, type Place } from './failure.ts';

/** One document of a file: its text and the 1-based line of its first character. */
export interface Chunk {
  readonly text: string;
  readonly line: number;
  /** Strict JSON, as opposed to YAML. */
  readonly isJson: boolean;
  /** Line of `...` after which kubectl reads nothing more, though there is more; null otherwise. */
  readonly ignoredFrom: number | null;
}

/**
 * Cuts a file into documents as kubectl does: JSON values one after another while the file starts with `{`, else at lines
 * that start with `---`, which only a comment may follow (k8s.io/apimachinery util/yaml YAMLOrJSONDecoder).
 */
export function splitDocuments(text: string, file: string): readonly Chunk[] {
  const json = leadingJson(text);
  const chunks: Chunk[] = [];
  let line = 1;
  let end = 0;
  for (const next of json) {
    chunks.push({
      text: text.slice(next.start, next.end),
      line: line + countLines(text, end, next.start),
      isJson: true,
      ignoredFrom: null,
    });
    line += countLines(text, end, next.end);
    end = next.end;
  }
  const rest = text.slice(end);
  if (json.length > 0 && skipSpace(rest, 0) === rest.length) return chunks;
  if (json.length > 1 || (json.length === 1 && rest.trim() === ''))
    throw brokenJson({ file, line: line + countLines(rest, 0, skipSpace(rest, 0)) });
  const blank = json.length === 1 || /^\s*\{/.test(rest) ? spaceBeforeYaml(rest) : 0;
  return [...chunks, ...splitYaml(rest.slice(blank), line + countLines(rest, 0, blank), file)];
}

/** Where kubectl goes on with YAML when it is through with JSON: behind white space, up to the first line end. */
function spaceBeforeYaml(text: string): number {
  return /^[^\S\n]*\n?/.exec(text)?.[0].length ?? 0;
}

function brokenJson(place: Place): Error {
  return decodeFailed(place, 'only JSON objects may follow this JSON', fixSyntax);
}

function splitYaml(text: string, firstLine: number, file: string): readonly Chunk[] {
  refuseCharacters(text, firstLine, file);
  const chunks: Chunk[] = [];
  let start = 0;
  let line = firstLine;
  for (;;) {
    const marker = text.startsWith('---', start) ? start : text.indexOf('\n---', start) + 1;
    const isLast = marker === 0 && !text.startsWith('---', start);
    const end = isLast ? text.length : marker;
    if (end > start) chunks.push(endAtDots(text.slice(start, end), line, file));
    if (isLast) return chunks;
    line += countLines(text, start, marker);
    start = afterMarker(text, marker, { file, line });
    line += 1;
  }
}

/** What kubectl takes for a line end in YAML, as no editor does, or refuses there; inside JSON it is a letter like others. */
function refuseCharacters(text: string, firstLine: number, file: string): void {
  const found = text.search(/[\u007f-\u009f\u2028\u2029\ufffe\uffff]/);
  if (found === -1) return;
  const place = { file, line: firstLine + countLines(text, 0, found) };
  const what = /[\u0085\u2028\u2029]/.test(text[found] ?? '') ? 'Unicode line separator' : 'control character';
  throw decodeFailed(place, `a ${what} stands raw in the file`, useEscape);
}

const useEscape = 'Write it as an escape in double quotes.';

/** Offset of the line after a `---` line. */
function afterMarker(text: string, marker: number, place: Place): number {
  const found = text.indexOf('\n', marker);
  const end = found === -1 ? text.length : found;
  const tail = text.slice(marker + 3, end).trim();
  if (tail !== '' && !tail.startsWith('#')) {
    throw decodeFailed(place, 'only a comment may follow --- on its line', 'Put the document on the line after ---.');
  }
  return Math.min(end + 1, text.length);
}

/** go-yaml reads one document of a chunk: what follows `...` is lost without a word. */
function endAtDots(text: string, line: number, file: string): Chunk {
  if (!text.includes('...')) return { text, line, isJson: false, ignoredFrom: null };
  const match = /^\.\.\.(?=\s)[^\n]*$/m.exec(text);
  if (match === null) return { text, line, isJson: false, ignoredFrom: null };
  const dots = line + countLines(text, 0, match.index);
  if (isBlank(text.slice(0, match.index)))
    throw decodeFailed({ file, line: dots }, '... ends no document here', fixSyntax);
  const hasMore = !isBlank(text.slice(match.index + match[0].length));
  return { text: text.slice(0, match.index), line, isJson: false, ignoredFrom: hasMore ? dots : null };
}

/** Whether there is nothing but white space and comments. */
function isBlank(text: string): boolean {
  return text.split('\n').every((row) => row.trim() === '' || row.trim().startsWith('#'));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The JSON objects a file starts with, one after another; none when the first is not strict JSON. */
function leadingJson(text: string): readonly Range[] {
  const ranges: Range[] = [];
  let position = skipSpace(text, 0);
  while (text[position] === '{') {
    const end = endOfObject(text, position);
    if (end === null || !isJson(text.slice(position, end))) break;
    ranges.push({ start: position, end });
    position = skipSpace(text, end);
  }
  return ranges;
}

/** Offset of the next character that is no white space of JSON. */
function skipSpace(text: string, from: number): number {
  let position = from;
  while (/[ \t\r\n]/.test(text[position] ?? 'x')) position += 1;
  return position;
}

/** Offset behind the brace that closes the one at `start`; null when it never closes. Walks by hand: no backtracking. */
function endOfObject(text: string, start: number): number | null {
  let depth = 0;
  for (let position = start; position < text.length; position += 1) {
    const code = text.charCodeAt(position);
    if (code === quote) position = endOfString(text, position);
    else if (code === open) depth += 1;
    else if (code === close) depth -= 1;
    if (depth === 0) return position + 1;
  }
  return null;
}

const quote = 34;
const open = 123;
const close = 125;
const backslash = 92;

/** Offset of the quote that ends the string at `start`. */
function endOfString(text: string, start: number): number {
  for (let position = start + 1; position < text.length; position += 1) {
    const code = text.charCodeAt(position);
    if (code === quote) return position;
    if (code === backslash) position += 1;
  }
  return text.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not strict JSON: kubectl then reads the file as YAML, and so do we.
    return false;
  }
}

/** Number of line ends in a stretch. */
export function countLines(text: string, start: number, end: number): number {
  let count = 0;
  for (let next = text.indexOf('\n', start); next !== -1 && next < end; next = text.indexOf('\n', next + 1)) count += 1;
  return count;
}
