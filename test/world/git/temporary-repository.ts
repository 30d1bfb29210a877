import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Link } from '../../support/memory-tree.ts';

/** A real repository for one test. */
export interface TemporaryRepository {
  readonly path: string;
  git(...args: readonly string[]): string;
  /** Writes files (null removes one) and commits them; gives the commit id. */
  commit(files: Readonly<Record<string, string | Uint8Array | Link | null>>, message?: string): string;
  remove(): void;
}

/** Makes an empty repository on branch main. */
export function temporaryRepository(): TemporaryRepository {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-test-git-'));
  const git = (...args: readonly string[]) =>
    execFileSync('git', [...args], { cwd: path, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd();
  git('init', '--quiet', '--initial-branch=main');
  return {
    path,
    git,
    commit: (files, message = 'change') => {
      for (const [name, content] of Object.entries(files)) {
        const file = join(path, name);
        mkdirSync(dirname(file), { recursive: true });
        if (content === null) rmSync(file);
        else if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, file);
        else writeFileSync(file, content);
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

const env = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};
