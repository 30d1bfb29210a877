import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** A text as a forge sees it. */
export function parseMarkdown(text: string): Nodes {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** Types of the top-level nodes. */
export function topTypes(text: string, root: Nodes = parseMarkdown(text)): readonly string[] {
  return 'children' in root ? root.children.map((node) => node.type) : [];
}

/** All nodes below, in order. */
export function allNodes(node: Nodes): readonly Nodes[] {
  return 'children' in node ? [node, ...node.children.flatMap(allNodes)] : [node];
}

/** Everything a forge would bring to life: text outside code, and HTML. */
export function liveText(text: string): string {
  return allNodes(parseMarkdown(text))
    .map((node) => (node.type === 'text' ? node.value : ''))
    .join('\n');
}

/**
 * What must hold of every text, whatever names are in it: well-formed, no longer than the limit, folds balanced, nobody mentioned,
 * no line that a forge or we ourselves would take for a command.
 */
export function faultsOf(text: string, limit: number, root: Nodes = parseMarkdown(text)): readonly string[] {
  const nodes = allNodes(root);
  const html = nodes.flatMap((node) => (node.type === 'html' ? [node.value] : []));
  const live = nodes.map((node) => (node.type === 'text' ? node.value : '')).join('\n');
  const count = (part: RegExp): number => html.join('\n').split(part).length - 1;
  const faults: readonly (readonly [boolean, string])[] = [
    [text.length > limit, `${text.length} is over the limit of ${limit}`],
    [!text.isWellFormed(), 'a lone surrogate'],
    [count(/<details(?: open)?>/) !== count(/<\/details>/), 'a fold that does not close'],
    [/(?:^|\s)@\w/.test(live), 'a mention'],
    [/<!--/.test(html.join('\n')), 'a comment from outside'],
    [hasCommandLine(text), 'a command at the start of a line'],
  ];
  return faults.flatMap(([isFault, what]) => (isFault ? [what] : []));
}

function hasCommandLine(text: string): boolean {
  return text.split(/[\n\r]/).some((line) => /^\/\w/.test(line));
}

/** The HTML we write ourselves; all else in a text is foreign. */
const ownTags = /<\/?(?:details|summary|sub|b|code)>/g;

/** What a forge would link, beside what Markdown links: people, issues, pulls, labels, milestones, addresses. */
const references: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[^\w`])@\w/m, 'a mention'],
  [/(?:^|[\s(,.])(?:[\w.-]+\/[\w.-]+)?[#!]\d/m, 'a reference'],
  [/(?:^|[\s(,.])(?:[&%$^]\d|~\w)/m, 'a reference'],
  [/\bGH-\d/i, 'a reference'],
  [/:\/\/|\bwww\./i, 'an address'],
];

/** Characters that reorder or hide text. */
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** Nodes that our texts hold; in them foreign words can only be text and code. */
const ownNodes = new Set(
  'root heading paragraph text inlineCode code list listItem table tableRow tableCell strong html link'.split(' '),
);

/**
 * What of a text is not ours though a forge would bring it to life: nodes we do not write, tags, links to other places than `home`,
 * mentions and references outside code, and characters nobody sees.
 */
export function foreignIn(text: string, home: string, root: Nodes = parseMarkdown(text)): readonly string[] {
  const nodes = allNodes(root);
  const lines = linesOutsideCode(text, nodes);
  const faults: readonly (readonly [boolean, string])[] = [
    [lines.some((line) => /^\s*<!--/.test(line)), 'a marker'],
    [lines.some((line) => /^\s*\/\w/.test(line)), 'a command at the start of a line'],
    [unseen.test(text), 'a character nobody sees'],
  ];
  const found = faults.flatMap(([isFault, what]) => (isFault ? [what] : []));
  return [...found, ...nodes.flatMap((node) => foreignNode(node, home))];
}

function foreignNode(node: Nodes, home: string): readonly string[] {
  if (!ownNodes.has(node.type)) return [`${node.type} node`];
  if (node.type === 'link') return node.url.startsWith(home) ? [] : [`link to ${node.url}`];
  if (node.type === 'html') return foreignHtml(node.value);
  return node.type === 'text' ? referencesIn(node.value) : [];
}

function linesOutsideCode(text: string, nodes: readonly Nodes[]): readonly string[] {
  const inCode = new Set<number>();
  for (const { type, position } of nodes) {
    if (type !== 'code' || position === undefined) continue;
    for (let line = position.start.line; line <= position.end.line; line += 1) inCode.add(line);
  }
  return text.split('\n').filter((_, index) => !inCode.has(index + 1));
}

/** In HTML what stands in `<code>` is inert; elsewhere no tag and no reference may be. */
function foreignHtml(html: string): readonly string[] {
  const plain = html.replaceAll(/<code>[^<]*<\/code>/g, ' ').replaceAll(ownTags, ' ');
  const tags =
    plain.includes('<') || html.replaceAll(ownTags, '').includes('<') ? [`foreign HTML ${html.slice(0, 80)}`] : [];
  return [...tags, ...referencesIn(plain)];
}

function referencesIn(text: string): readonly string[] {
  return references.flatMap(([pattern, what]) => {
    const found = pattern.exec(text);
    return found === null ? [] : [`${what}: ${JSON.stringify(text.slice(found.index, found.index + 40))}`];
  });
}
