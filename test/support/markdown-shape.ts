import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';

/** A text as a forge sees it. */
export function parseMarkdown(text: string): Nodes {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** Types of the top-level nodes. */
export function topTypes(text: string): readonly string[] {
  const root = parseMarkdown(text);
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
export function faultsOf(text: string, limit: number): readonly string[] {
  const html = allNodes(parseMarkdown(text)).flatMap((node) => (node.type === 'html' ? [node.value] : []));
  const count = (part: RegExp): number => html.join('\n').split(part).length - 1;
  const faults: readonly (readonly [boolean, string])[] = [
    [text.length > limit, `${text.length} is over the limit of ${limit}`],
    [!text.isWellFormed(), 'a lone surrogate'],
    [count(/<details(?: open)?>/) !== count(/<\/details>/), 'a fold that does not close'],
    [/(?:^|\s)@\w/.test(liveText(text)), 'a mention'],
    [/<!--/.test(html.join('\n')), 'a comment from outside'],
    [hasCommandLine(text), 'a command at the start of a line'],
  ];
  return faults.flatMap(([isFault, what]) => (isFault ? [what] : []));
}

function hasCommandLine(text: string): boolean {
  return text.split(/[\n\r]/).some((line) => /^\/\w/.test(line));
}
