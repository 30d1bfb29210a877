const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text as a page holds it, in elements and in quoted attributes alike: nothing of it is markup. */
export function htmlText(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => entities[character] ?? character);
}
