import { getPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { runProcess } from '../../src/tools/process.ts';

const script = fileURLToPath(new URL('./priority-script.ts', import.meta.url));

test('workers and the helpers of the engine give way, the threads that answer do not', async () => {
  const own = getPriority();
  const { stdout, code } = await runProcess({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', script],
    cwd: process.cwd(),
    env: process.env,
    signal: AbortSignal.timeout(30_000),
    deadlineMs: 30_000,
    maxOutputBytes: 10_000,
  });
  const [thread = '', facts = '{}'] = stdout.toString('utf8').trim().split('\n');
  const { before, after, main } = JSON.parse(facts);

  expect(code).toBe(0);
  expect(main).toBe(own);
  if (process.platform !== 'linux') {
    expect(thread).toBe(`thread ${own}`);
    return;
  }
  const lowered = Math.min(own + 10, 19);
  expect(thread).toBe(`thread ${lowered}`);
  expect(new Set(before.V8Worker)).toEqual(new Set([own]));
  expect(new Set(after.V8Worker)).toEqual(new Set([lowered]));
  expect(after.MainThread ?? after.node).toContain(own);
});
