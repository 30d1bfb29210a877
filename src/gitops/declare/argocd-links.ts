import { differsRule } from '../../formats/argocd/document.ts';
import type { Finding } from '../../model/finding.ts';
import type { Source } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { joinPath } from '../../tools/tree-files.ts';
import type { OpenedSource } from './declared-sources.ts';

/**
 * What is told of links that lead out of a repository: as it is installed Argo CD renders nothing of one that has any, wherever it
 * stands (Argo CD 3.5, util/app/path `CheckOutOfBoundsSymlinks`). Told and not refused, as a switch of Argo CD's allows them.
 */
export async function linkFindings(
  opened: readonly OpenedSource[],
  declaredAt: Source,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = new Map<string, Finding>();
  for (const { source, tree, isHere } of opened) {
    const path = source.place.kind === 'git' ? await linkOutOf(tree, signal) : null;
    if (path !== null) findings.set(path, leadsOut(path, isHere ? { file: path, line: 1 } : declaredAt));
  }
  return [...findings.values()];
}

/** The first link that leads out of a tree by its own text; null where none does. */
async function linkOutOf(tree: Tree, signal: AbortSignal): Promise<string | null> {
  const known = looked.get(tree);
  if (known !== undefined) return known;
  const links = tree.entries.filter(({ mode }) => mode === '120000').map(({ path }) => path);
  const targets = links.length === 0 ? [] : [...(await tree.read(links, signal))];
  const out = targets.find(([path, target]) => isOutside(path, new TextDecoder().decode(target)));
  looked.set(tree, out?.[0] ?? null);
  return out?.[0] ?? null;
}

const looked = new WeakMap<Tree, string | null>();

function isOutside(path: string, target: string): boolean {
  return target.startsWith('/') || joinPath(path.slice(0, Math.max(path.lastIndexOf('/'), 0)), target) === null;
}

function leadsOut(path: string, { file, line }: Source): Finding {
  return {
    ...{ rule: differsRule, severity: 'caution', target: null, resource: null, file, line },
    message: `${path} is a link out of the repository; Argo CD renders nothing of this repository unless it is told to allow such links.`,
    fix: 'Let the link lead to a file of the repository, or remove it.',
  };
}
