import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type ProcessSpec, type RunProcess, runProcess } from '../../src/tools/process.ts';
import { startProcessHost } from '../../src/tools/process-host.ts';
import { until } from '../support/until.ts';

const calm = new AbortController().signal;

const host = startProcessHost();

afterAll(host.close);

function node(script: string, changes: Partial<ProcessSpec> = {}, run: RunProcess = runProcess) {
  return run({
    command: process.execPath,
    args: ['-e', script],
    env: {},
    signal: calm,
    deadlineMs: 30_000,
    ...changes,
  });
}

describe.each([
  ['started by us', runProcess],
  ['started by the host', host.run],
] as const)('a child process %s', (_, run) => {
  const nodeHere = (script: string, changes: Partial<ProcessSpec> = {}) => node(script, changes, run);

  test('gives its exit code, stdout and stderr', async () => {
    const result = await nodeHere('console.log("out"); console.error("err"); process.exitCode = 7');

    expect(result).toEqual({ code: 7, stdout: Buffer.from('out\n'), stderr: 'err\n' });
  });

  test('sees only the environment it is given', async () => {
    const result = await nodeHere('console.log(Object.keys(process.env).join())', { env: { ONLY: 'this' } });

    expect(result.stdout.toString()).toBe('ONLY\n');
  });

  test('that leads a group ends with all it started, though those hold its pipes open', async () => {
    const begun = performance.now();
    const running = nodeHere('require("node:child_process").spawn("sleep", ["50"], { stdio: "inherit" })', {
      leadsGroup: true,
      deadlineMs: 1000,
    });

    await expect(running).rejects.toMatchObject({ code: 'command-timeout' });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  test('reads its input to the end', async () => {
    const result = await nodeHere('process.stdin.pipe(process.stdout)', { input: 'some input' });

    expect(result.stdout.toString()).toBe('some input');
  });

  test('may leave its input unread', async () => {
    const result = await nodeHere('process.exit(0)', { input: 'x'.repeat(1_000_000) });

    expect(result.code).toBe(0);
  });

  test('goes through no shell', async () => {
    const result = await run({
      command: 'echo',
      args: ['$HOME; ls'],
      env: {},
      signal: calm,
      deadlineMs: 30_000,
    });

    expect(result.stdout.toString()).toBe('$HOME; ls\n');
  });

  test('is ended when it overruns its deadline', async () => {
    await expect(nodeHere('setInterval(() => {}, 1000)', { deadlineMs: 200 })).rejects.toMatchObject({
      code: 'command-timeout',
    });
  });

  test('is ended even when it does not listen', async () => {
    const deaf = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';

    await expect(nodeHere(deaf, { deadlineMs: 500 })).rejects.toMatchObject({ code: 'command-timeout' });
  });

  test('is not started when the signal is aborted already', async () => {
    await expect(async () => nodeHere('', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );
  });

  test('is ended when it writes too much', async () => {
    const flood = 'for (;;) require("fs").writeSync(1, "x".repeat(65536))';

    await expect(nodeHere(flood, { maxOutputBytes: 1_000_000 })).rejects.toMatchObject({ code: 'command-output' });
  });

  test('that does not exist is named, with what to do', async () => {
    const missing = run({ command: 'no-such-program', args: [], env: {}, signal: calm, deadlineMs: 1_000 });

    await expect(missing).rejects.toMatchObject({ code: 'command-missing', subject: 'no-such-program' });
  });
});

describe('a child process', () => {
  test('is ended when the signal aborts, with the reason given', async () => {
    const abort = new AbortController();
    const running = node('console.error("up"); setInterval(() => {}, 1000)', {
      signal: abort.signal,
      onStderrLine: () => abort.abort(new Error('enough')),
    });

    await expect(running).rejects.toThrow('enough');
  });

  test('hands over whole lines of stderr', async () => {
    const lines: string[] = [];

    await node('process.stderr.write("one\\ntw"); process.stderr.write("o\\n")', {
      onStderrLine: (line) => lines.push(line),
    });

    expect(lines).toEqual(['one', 'two']);
  });
});

describe('the host of processes', () => {
  test('ends a process when the signal aborts, with the reason given', async () => {
    const abort = new AbortController();
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-host-'));
    const running = node(beats(folder), { signal: abort.signal }, host.run);
    const pid = await firstBeat(folder);

    abort.abort(new Error('enough'));

    await expect(running).rejects.toThrow('enough');
    expect(isAlive(pid)).toBe(false);
  });

  test('says so when it is killed, and starts anew for the next process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-host-'));
    const other = startProcessHost();
    const running = node(beats(folder), {}, other.run);
    const pid = await firstBeat(folder);
    process.kill(await parentOf(pid), 'SIGKILL');

    await expect(running).rejects.toMatchObject({ code: 'process-host-gone' });
    const next = await node('console.log("here")', {}, other.run);

    expect(next.stdout.toString()).toBe('here\n');
    process.kill(pid, 'SIGKILL');
    await other.close();
  });

  test('ends what it started when we are killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-host-'));
    const host = pathToFileURL(join(import.meta.dirname, '../../src/tools/process-host.ts'));
    const script = `
      const { startProcessHost } = await import(${JSON.stringify(host.href)});
      await startProcessHost().run({ command: process.execPath, args: ['-e', ${JSON.stringify(beats(folder))}],
        signal: new AbortController().signal, deadlineMs: 60000 });`;
    const us = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    const pid = await firstBeat(folder);

    us.kill('SIGKILL');

    await expect(until('the process to end', () => (isAlive(pid) ? undefined : true))).resolves.toBe(true);
  });
});

/** A program that writes its process id into a folder and goes on. */
function beats(folder: string): string {
  return `const fs = require("fs"); fs.writeFileSync(${JSON.stringify(join(folder, 'new'))}, String(process.pid));
    fs.renameSync(${JSON.stringify(join(folder, 'new'))}, ${JSON.stringify(join(folder, 'pid'))}); setInterval(() => {}, 1000)`;
}

async function firstBeat(folder: string): Promise<number> {
  const file = join(folder, 'pid');
  return Number(await until('the process to start', () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // no such process
  }
}

/** Process id of a process's parent, from /proc. */
async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
}
