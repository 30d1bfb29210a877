/** A link where the address is one; else only its text (Markdown). */
export function link(text: string, url: string | null | undefined): string {
  return url !== null && url !== undefined && /^https?:\/\/[^\s()<>"'`|\\[\]]{1,500}$/.test(url)
    ? `[${text}](${url})`
    : text;
}
