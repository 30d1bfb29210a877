/** Where the webhooks of a forge come in. */
export function hookPath(kind: 'github' | 'gitlab', name: string): string {
  return kind === 'github' && name === 'github' ? '/hooks/github' : `/hooks/${kind}/${name}`;
}
