import { createHash } from 'node:crypto';

/** One tag of a page. */
export interface Tag {
  readonly name: string;
  readonly isEnd: boolean;
  readonly attributes: ReadonlyMap<string, string>;
}

/** What a page is made of, read by the strict half of HTML: every attribute is quoted or empty, every element is closed. */
export interface PageParts {
  readonly tags: readonly Tag[];
  /** The text a reader can see, entities decoded. */
  readonly text: string;
  readonly style: string;
  readonly script: string;
}

const voids: ReadonlySet<string> = new Set(['meta', 'input', 'wbr']);
const tagPattern = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)>/g;
const entities: Readonly<Record<string, string>> = {
  ...{ '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#96;': '`' },
};

/** Reads a page; throws where it is no well-formed page of the strict half. */
export function readPage(html: string): PageParts {
  const doctype = '<!doctype html>\n';
  if (!html.startsWith(doctype)) throw new Error('the page has no doctype');
  const [style, script] = [between(html, 'style'), between(html, 'script')];
  const body = html
    .slice(doctype.length)
    .replace(`<style>${style}`, '<style>')
    .replace(`<script>${script}`, () => '<script>');
  const left = body.replace(tagPattern, '');
  if (/[<>]/.test(left)) throw new Error(`markup that is no tag: ${/.{0,60}[<>].{0,60}/s.exec(left)?.[0]}`);
  const tags = [...body.matchAll(tagPattern)].map(([, end, name = '', attributes = '']) => ({
    ...{ name, isEnd: end === '/', attributes: readAttributes(attributes) },
  }));
  checkBalance(tags);
  return { tags, style, script, text: left.replace(/&[a-z0-9#]+;/g, decode) };
}

/** How often each element stands in a page. */
export function elementCounts({ tags }: PageParts): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name, isEnd } of tags) if (!isEnd) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The hash by which a Content-Security-Policy lets an inline text through. */
export function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function between(html: string, element: string): string {
  const parts = html.split(`<${element}>`);
  if (parts.length !== 2) throw new Error(`${parts.length - 1} elements ${element}`);
  return parts[1]?.split(`</${element}>`, 1)[0] ?? '';
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, value]));
}

function checkBalance(tags: readonly Tag[]): void {
  const open: string[] = [];
  for (const { name, isEnd } of tags) {
    if (voids.has(name)) continue;
    if (!isEnd) open.push(name);
    else if (open.pop() !== name) throw new Error(`</${name}> closes nothing of its name`);
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`);
}

function decode(entity: string): string {
  const text = entities[entity];
  if (text === undefined) throw new Error(`an entity nobody writes: ${entity}`);
  return text;
}
