import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './go-program.ts';

/** Plain data about a running part, with the process ids that the end of the run kills. */
export interface PartState {
  readonly pids: readonly number[];
}

/**
 * A real part of this jest run, such as the control plane: started by whoever asks first, in a folder of its own, shared by
 * all test files and workers, killed by the global teardown. `start` gives what the others need to know, as plain data.
 */
export async function usePart<State extends PartState>(
  name: string,
  start: (dir: string, owner: number) => Promise<State>,
): Promise<State> {
  const { FAIRLEAD_TEST_RUN: run, FAIRLEAD_TEST_OWNER: owner } = process.env;
  if (!run || !owner)
    throw new Error(`${name} is shared under jest with its global setup only; start your own instead`);
  const folder = join(tmpdir(), `fairlead-test-${run}`);
  await mkdir(folder, { recursive: true });
  const stateFile = join(folder, `${name}.json`);
  return withLock(join(folder, `${name}.lock`), async () => {
    const known = await readFile(stateFile, 'utf8').catch(() => null);
    // written below by this very function
    if (known !== null) return JSON.parse(known) as State;
    const started = await start(join(folder, name), Number(owner));
    await writeFile(`${stateFile}.new`, JSON.stringify(started));
    await rename(`${stateFile}.new`, stateFile);
    return started;
  });
}
