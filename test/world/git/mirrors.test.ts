import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createMirrors } from '../../../src/world/git/mirrors.ts';
import { startGitServer } from './git-server.ts';
import { temporaryRepository } from './temporary-repository.ts';

test('a mirror is opened once, and fetches at the same time do not disturb each other', async () => {
  const { signal } = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-mirrors-'));
  const source = temporaryRepository();
  const head = source.commit({ a: '1' });
  const server = await startGitServer(tmpdir(), 'Basic x');
  const fetchSource = {
    url: `${server.url}/${basename(source.path)}/.git`,
    header: 'Authorization: Basic x',
    refs: ['refs/heads/main'],
  };
  const mirrors = createMirrors(folder);

  const [one, other] = await Promise.all([mirrors.open('github-1'), mirrors.open('github-1')]);
  await Promise.all([one.fetch(fetchSource, signal), other.fetch(fetchSource, signal), one.fetch(fetchSource, signal)]);

  expect(one).toBe(other);
  expect(await one.resolve('refs/heads/main', signal)).toBe(head);
  await mirrors.close();
  await server.close();
  source.remove();
  rmSync(folder, { recursive: true, force: true });
});
