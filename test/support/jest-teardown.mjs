import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Kills every part this run started (each leaves a `NAME.json` with its `pids`) and removes the run's folder. */
export default async function teardown() {
  const folder = join(tmpdir(), `fairlead-test-${process.env.FAIRLEAD_TEST_RUN}`);
  const files = await readdir(folder).catch(() => []);
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const { pids } = JSON.parse(await readFile(join(folder, file), 'utf8'));
    for (const pid of pids.toReversed()) kill(pid);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
