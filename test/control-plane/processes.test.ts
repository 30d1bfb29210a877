import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { freePorts, startProcesses, stopProcesses } from './processes.ts';

test('runs a program until it is stopped and waits for its URL', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'fairlead-processes-'));
  const [port = 0] = await freePorts(1);
  const script = `require('node:http').createServer((_, answer) => answer.end(process.env.WORD)).listen(${port}, '127.0.0.1')`;
  const url = `http://127.0.0.1:${port}/`;
  const spec = { name: 'web', program: process.execPath, flags: ['-e', script], env: { WORD: 'hello' }, ready: url };

  const pids = await startProcesses([spec], { dir, owner: process.pid });
  const word = await (await fetch(url)).text();
  await stopProcesses({ dir, pids });

  expect(word).toBe('hello');
  await expect(fetch(url)).rejects.toThrow();
  await expect(readFile(join(dir, 'web.log'))).rejects.toThrow('ENOENT');
});

test('says what a program wrote that ended before it was ready, and kills the others', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'fairlead-processes-'));
  const [port = 0] = await freePorts(1);
  const listen = `require('node:http').createServer((_, answer) => answer.end()).listen(${port}, '127.0.0.1')`;
  const good = { name: 'good', program: process.execPath, flags: ['-e', listen], ready: `http://127.0.0.1:${port}/` };
  const bad = { name: 'bad', program: 'sh', flags: ['-c', 'echo no such flag >&2; exit 2'], ready: async () => false };

  const started = startProcesses([good, bad], { dir, owner: process.pid, readyWithinMs: 20_000 });

  await expect(started).rejects.toThrow(/^not ready: .*bad\n(.|\n)*no such flag/);
  await expect(fetch(good.ready)).rejects.toThrow();
});
