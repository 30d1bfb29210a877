import type { Html, Paragraph, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { mayHoldCommand } from './may-hold-command.ts';
import type { ParsedCommand } from './parsed-command.ts';

/** Most commands of one comment. */
const commandLimit = 10;

/** Longest command, in UTF-16 code units. */
const lengthLimit = 1_000;

/** Elements that hide, fold or quote what is in them: a command inside one was not plainly written by the author. */
const covers =
  /<(\/?)(details|summary|blockquote|pre|code|samp|ul|ol|table|div|script|style|template|textarea|del|s)\b[^>]*>/gi;

/**
 * The commands of a comment: lines of top-level paragraphs that start with `/fairlead`, in order. What stands in code, quotes, lists,
 * tables, HTML or a fold is none. Never throws; may be slow on hostile text, so it runs where it can be killed.
 */
export function parseCommands(body: string): readonly ParsedCommand[] {
  if (!mayHoldCommand(body)) return [];
  const tree = fromMarkdown(body, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const lines = uncovered(tree).flatMap((paragraph) => commandLines(paragraph, body));
  const commands = lines.slice(0, commandLimit).map(parseLine);
  if (lines.length <= commandLimit) return commands;
  return [
    ...commands,
    broken('…', `Only ${commandLimit} commands of one comment are done; ${lines.length - commandLimit} were left out.`),
  ];
}

/** Top-level paragraphs that no HTML element opened before them still covers. */
function uncovered(tree: Root): readonly Paragraph[] {
  const open = new Map<string, number>();
  return tree.children.filter((node): node is Paragraph => {
    const isPlain = node.type === 'paragraph' && [...open.values()].every((depth) => depth === 0);
    for (const { value } of htmlOf(node)) track(value, open);
    return isPlain;
  });
}

function track(html: string, open: Map<string, number>): void {
  for (const [, slash, element = ''] of html.matchAll(covers)) {
    const key = element.toLowerCase();
    open.set(key, Math.max(0, (open.get(key) ?? 0) + (slash === '/' ? -1 : 1)));
  }
}

function htmlOf(node: RootContent): readonly Html[] {
  const found: Html[] = [];
  const waiting: RootContent[] = [node];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (next.type === 'html') found.push(next);
    if ('children' in next) waiting.unshift(...next.children);
  }
  return found;
}

/** Lines of a paragraph that start with `/fairlead` in plain text: not in a code span, tag or link that goes over lines. */
function commandLines(paragraph: Paragraph, body: string): readonly string[] {
  const open = new Map<string, number>();
  return paragraph.children.flatMap((node) => {
    if (node.type === 'html') track(node.value, open);
    const isCovered = [...open.values()].some((depth) => depth > 0);
    if (node.type !== 'text' || isCovered) return [];
    const [from, to] = [node.position?.start.offset ?? 0, node.position?.end.offset ?? 0];
    return lineStarts(body, from, to).flatMap(
      (start) => /^\/fairlead(?:[ \t][^\r\n]*)?(?=[\r\n]|$)/i.exec(body.slice(start))?.[0] ?? [],
    );
  });
}

/** Where lines begin within a stretch of the text, after their indentation. */
function lineStarts(body: string, from: number, to: number): readonly number[] {
  const starts: number[] = [];
  const slash = /\//g;
  slash.lastIndex = from;
  for (let match = slash.exec(body); match !== null && match.index < to; match = slash.exec(body)) {
    const line = Math.max(body.lastIndexOf('\n', match.index), body.lastIndexOf('\r', match.index)) + 1;
    if (body.slice(line, match.index).trim() === '') starts.push(match.index);
  }
  return starts;
}

function parseLine(line: string): ParsedCommand {
  const text = line.slice('/fairlead'.length).trim();
  if (text.length > lengthLimit)
    return broken(`${text.slice(0, 40)}…`, `A command has at most ${lengthLimit} characters.`);
  const [verb = 'help', ...words] = text.split(/[ \t]+/).filter((word) => word !== '');
  return {
    verb: verb.toLowerCase(),
    words: words.map(bare).filter((word) => word !== ''),
    text: text === '' ? 'help' : text,
    fault: null,
  };
}

/** A word without the code span people put around it. */
function bare(word: string): string {
  return word.replaceAll('`', '');
}

function broken(text: string, fault: string): ParsedCommand {
  return { verb: '', words: [], text, fault };
}
