import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Kills every part this run started (each leaves a `NAME.json` with its `pids`, and `quits` for those that must clear up what the
 * system keeps for them) and removes the run's folder.
 */
export default async function teardown() {
  const folder = join(tmpdir(), `fairlead-test-${process.env.FAIRLEAD_TEST_RUN}`);
  const files = await readdir(folder).catch(() => []);
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const { pids, quits = [] } = JSON.parse(await readFile(join(folder, file), 'utf8'));
    for (const pid of pids.toReversed()) kill(pid, quits.includes(pid) ? 'SIGQUIT' : 'SIGKILL');
    for (const pid of quits) await untilGone(pid);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** False when there is no such process. */
function kill(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
    return false;
  }
}

async function untilGone(pid) {
  const end = Date.now() + 10_000;
  while (kill(pid, 0) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}
