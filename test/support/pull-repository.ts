import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TemporaryRepository, temporaryRepository } from '../world/git/temporary-repository.ts';

/** Content of a file: text, bytes, a symbolic link, or null to remove it. */
export type Content = string | Uint8Array | null | { readonly link: string };

/** Path -> content. */
export type Contents = Readonly<Record<string, Content>>;

/** A real repository with `base` on main and `head` on the branch `change`, which is checked out. */
export function pullRepository(base: Contents, head: Contents): TemporaryRepository {
  const repository = temporaryRepository();
  write(repository, base);
  repository.git('checkout', '--quiet', '-b', 'change');
  write(repository, head);
  return repository;
}

/** Commits files and links; gives the commit id. */
export function write(repository: TemporaryRepository, contents: Contents): string {
  const files: Record<string, string | Uint8Array | null> = {};
  for (const [path, content] of Object.entries(contents)) {
    if (typeof content === 'object' && content !== null && 'link' in content) {
      mkdirSync(dirname(join(repository.path, path)), { recursive: true });
      rmSync(join(repository.path, path), { force: true });
      symlinkSync(content.link, join(repository.path, path));
    } else files[path] = content;
  }
  return repository.commit(files);
}

/** All that a reader of a repository could change in it: its state, refs, number of objects and the files of `.git`. */
export function traces(repository: TemporaryRepository): string {
  const files = readdirSync(join(repository.path, '.git'), { recursive: true, encoding: 'utf8' }).sort();
  const facts = [['status', '--porcelain', '--ignored'], ['for-each-ref'], ['count-objects', '-v']];
  return [...facts.map((args) => repository.git(...args)), ...files].join('\n');
}

/** A ConfigMap. */
export function configMap(name: string, data = 'key: value'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  ${data}\n`;
}

/** A chart's Chart.yaml. */
export const chartYaml = 'apiVersion: v2\nname: shop\nversion: 1.0.0\n';
