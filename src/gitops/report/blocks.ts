import { details, table } from '../../formats/markdown.ts';

/** A piece of Markdown that stands between blank lines. */
export interface Block {
  readonly text: string;
  /** The top-level nodes a GFM parser makes of it, by their mdast names. */
  readonly types: readonly NodeType[];
}

/** The nodes our texts are made of at the top. */
export type NodeType = 'heading' | 'paragraph' | 'list' | 'table' | 'code' | 'html';

/** Nothing at all. */
export const nothing: Block = { text: '', types: [] };

/** A title. Its text is Markdown on one line. */
export function heading(text: string): Block {
  return { text: `### ${text}`, types: ['heading'] };
}

/** A paragraph; nothing for an empty text. */
export function paragraph(text: string): Block {
  return text === '' ? nothing : { text, types: ['paragraph'] };
}

/** One item of a list, `- ` and all. Items that follow each other become one list. */
export function item(text: string): Block {
  return { text, types: ['list'] };
}

/** A table of cells that are Markdown already. */
export function tableBlock(...of: Parameters<typeof table>): Block {
  return { text: table(...of), types: ['table'] };
}

/** A fenced block. */
export function codeBlock(text: string): Block {
  return { text, types: ['code'] };
}

/** A fold with blocks inside; nothing where there are none. `summary` is HTML. */
export function fold(summary: string, blocks: readonly Block[]): Block {
  const body = joinBlocks(blocks);
  return body.text === '' ? nothing : { text: details(summary, body.text), types: ['html', ...body.types, 'html'] };
}

/** UTF-16 code units of a fold beside its contents. */
export function foldCost(summary: string): number {
  return details(summary, '').length;
}

/** Blocks one after the other, blank lines between them; list items that follow each other become one list. */
export function joinBlocks(blocks: readonly Block[]): Block {
  const texts: string[] = [];
  const types: NodeType[] = [];
  for (const block of blocks.filter(({ text }) => text !== '')) {
    const isSameList = types.at(-1) === 'list' && block.types[0] === 'list';
    const between = isSameList ? '\n' : '\n\n';
    texts.push(texts.length === 0 ? block.text : `${between}${block.text}`);
    types.push(...block.types.slice(isSameList ? 1 : 0));
  }
  return { text: texts.join(''), types };
}
