import { describe, expect, test } from '@jest/globals';
import { type ProcessSpec, runProcess } from '../../src/tools/process.ts';

const calm = new AbortController().signal;

function node(script: string, changes: Partial<ProcessSpec> = {}): Promise<Awaited<ReturnType<typeof runProcess>>> {
  return runProcess({
    command: process.execPath,
    args: ['-e', script],
    env: {},
    signal: calm,
    deadlineMs: 30_000,
    ...changes,
  });
}

describe('a child process', () => {
  test('gives its exit code, stdout and stderr', async () => {
    const result = await node('console.log("out"); console.error("err"); process.exitCode = 7');

    expect(result).toEqual({ code: 7, stdout: Buffer.from('out\n'), stderr: 'err\n' });
  });

  test('sees only the environment it is given', async () => {
    const result = await node('console.log(Object.keys(process.env).join())', { env: { ONLY: 'this' } });

    expect(result.stdout.toString()).toBe('ONLY\n');
  });

  test('reads its input to the end', async () => {
    const result = await node('process.stdin.pipe(process.stdout)', { input: 'some input' });

    expect(result.stdout.toString()).toBe('some input');
  });

  test('may leave its input unread', async () => {
    const result = await node('process.exit(0)', { input: 'x'.repeat(1_000_000) });

    expect(result.code).toBe(0);
  });

  test('goes through no shell', async () => {
    const result = await runProcess({
      command: 'echo',
      args: ['$HOME; ls'],
      env: {},
      signal: calm,
      deadlineMs: 30_000,
    });

    expect(result.stdout.toString()).toBe('$HOME; ls\n');
  });

  test('is ended when it overruns its deadline', async () => {
    await expect(node('setInterval(() => {}, 1000)', { deadlineMs: 200 })).rejects.toMatchObject({
      code: 'command-timeout',
    });
  });

  test('is ended even when it does not listen', async () => {
    const deaf = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';

    await expect(node(deaf, { deadlineMs: 500 })).rejects.toMatchObject({ code: 'command-timeout' });
  });

  test('is ended when the signal aborts, with the reason given', async () => {
    const abort = new AbortController();
    const running = node('console.error("up"); setInterval(() => {}, 1000)', {
      signal: abort.signal,
      onStderrLine: () => abort.abort(new Error('enough')),
    });

    await expect(running).rejects.toThrow('enough');
  });

  test('is not started when the signal is aborted already', async () => {
    await expect(async () => node('', { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );
  });

  test('is ended when it writes too much', async () => {
    const flood = 'for (;;) require("fs").writeSync(1, "x".repeat(65536))';

    await expect(node(flood, { maxOutputBytes: 1_000_000 })).rejects.toMatchObject({ code: 'command-output' });
  });

  test('hands over whole lines of stderr', async () => {
    const lines: string[] = [];

    await node('process.stderr.write("one\\ntw"); process.stderr.write("o\\n")', {
      onStderrLine: (line) => lines.push(line),
    });

    expect(lines).toEqual(['one', 'two']);
  });

  test('that does not exist is named, with what to do', async () => {
    const missing = runProcess({ command: 'no-such-program', args: [], env: {}, signal: calm, deadlineMs: 1_000 });

    await expect(missing).rejects.toMatchObject({ code: 'command-missing', subject: 'no-such-program' });
  });
});
