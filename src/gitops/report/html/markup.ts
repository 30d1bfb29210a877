import { htmlText } from '../../../formats/html.ts';
import { visible } from '../../../formats/markdown.ts';

/** HTML that is safe to put into a page: made only by `markup`. */
export interface Html {
  readonly html: string;
}

/** What may stand in a `markup` template. Texts are foreign and are escaped. */
export type Part = string | number | Html | readonly Html[];

/** Nothing at all. */
export const nothing: Html = { html: '' };

/**
 * A template tag for HTML. What the template itself says is markup; every text put into it is escaped, for elements and for quoted
 * attributes alike, and its invisible characters are shown. So no foreign text becomes an element, an attribute or a comment.
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.map((string, at) => `${string}${write(parts[at])}`).join('') };
}

/** Trusted text of our own, such as a stylesheet, as it is. */
export function trusted(html: string): Html {
  return { html };
}

function write(part: Part | undefined): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return htmlText(visible(String(part)));
  return 'html' in part ? part.html : part.map(({ html }) => html).join('');
}
