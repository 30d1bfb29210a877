import type { HelmDocument, TemplateSuccess } from './helm-message.ts';

/** What `helm template --include-crds` prints for an answer of the module, to the byte. */
export function printDocuments({ crds, manifests }: Pick<TemplateSuccess, 'crds' | 'manifests'>): string {
  const plain = [...crds, ...manifests.filter(({ hook }) => hook === null)].map(printOne).join('');
  const hooks = manifests.filter(({ hook }) => hook !== null).map(printOne);
  return `${plain.trim()}\n${hooks.join('')}`;
}

function printOne({ path, content }: HelmDocument): string {
  return `---\n# Source: ${path}\n${content}\n`;
}
