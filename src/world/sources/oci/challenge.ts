/** How a registry wants to be asked, as `WWW-Authenticate` says. */
export type Challenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | null };

/** The first challenge of a header that we can meet; null where there is none. */
export function parseChallenge(header: string): Challenge | null {
  const text = header.slice(0, 4096);
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/i.exec(text);
  const realm = parameter(bearer?.[1] ?? '', 'realm');
  if (realm !== null) return { kind: 'bearer', realm, service: parameter(bearer?.[1] ?? '', 'service') };
  return /(?:^|,)\s*basic\b/i.test(text) ? { kind: 'basic' } : null;
}

function parameter(text: string, name: string): string | null {
  const found = new RegExp(`(?:^|[,\\s])${name}="([^"]*)"`, 'i').exec(text);
  return found?.[1] ?? null;
}
