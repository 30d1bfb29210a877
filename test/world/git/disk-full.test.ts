import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { type RunProcess, runProcess } from '../../../src/tools/process.ts';
import { openMirror } from '../../../src/world/git/repository.ts';
import { startGitServer } from './git-server.ts';
import { temporaryRepository } from './temporary-repository.ts';

const run = promisify(execFile);
const { signal } = new AbortController();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A folder on a disk that is nearly full. */
interface Disk {
  readonly how: string;
  readonly run: RunProcess;
  makeRoom(): Promise<unknown>;
}

async function smallDisk(folder: string): Promise<Disk> {
  await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  closing.push(() => run('umount', [folder]));
  return {
    how: 'a small file system',
    run: runProcess,
    makeRoom: () => run('mount', ['-o', 'remount,size=64m', folder]),
  };
}

/** Where nothing may be mounted, git is made to say what it says of a full disk. */
function saidToBeFull(): Disk {
  let isFull = true;
  const stderr = 'fatal: write error: No space left on device\nfatal: index-pack failed\n';
  return {
    how: 'errors',
    run: async (spec) =>
      isFull && spec.args.includes('fetch') ? { code: 128, stdout: Buffer.alloc(0), stderr } : runProcess(spec),
    makeRoom: async () => {
      isFull = false;
    },
  };
}

test('a mirror on a full disk says so, keeps what it has, and fetches when there is room', async () => {
  const source = temporaryRepository();
  closing.push(source.remove);
  const server = await startGitServer(tmpdir(), 'Basic x');
  closing.push(server.close);
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-small-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const first = source.commit({ 'a.yaml': 'a: 1\n' });
  const fetched = {
    url: `${server.url}/${basename(source.path)}/.git`,
    header: 'Authorization: Basic x',
    refs: ['refs/heads/main'],
  };
  const disk = await smallDisk(folder).catch(saidToBeFull);
  process.stdout.write(`full disk of a mirror: by ${disk.how}\n`);
  let isLarge = false;
  const started: RunProcess = (spec) => (isLarge ? disk.run(spec) : runProcess(spec));
  const mirror = await openMirror({ dir: join(folder, 'repo.git'), run: started, signal });
  closing.push(() => mirror.close());
  await mirror.fetch(fetched, signal);

  isLarge = true;
  // Random: it is not made smaller.
  const head = source.commit({ 'big.yaml': `big: ${randomBytes(3_000_000).toString('base64')}\n` });
  const refused = await mirror.fetch(fetched, signal).catch((error) => error);
  const before = await mirror.resolve('refs/heads/main', signal);
  await disk.makeRoom();
  await mirror.fetch(fetched, signal);

  expect(refused).toMatchObject({ code: 'fetch-failed', message: expect.stringContaining('No space left on device') });
  expect(before).toBe(first);
  expect(await mirror.resolve('refs/heads/main', signal)).toBe(head);
}, 60_000);
