import { type RunProcess, runProcess } from '../../tools/process.ts';
import { isolatedGit } from '../git-http.ts';

/** Runs Git in one place: arguments, standard input, and variables such as `GIT_INDEX_FILE=…` beside. */
export type GitRunner = (
  args: readonly string[],
  input?: string | Uint8Array,
  variables?: readonly string[],
) => Promise<Outcome>;

/** How a run of Git ended. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly error: string;
}

/** Milliseconds one run may take. */
const deadlineMs = 60_000;

/** Git in a folder, without any configuration of the machine. */
export function gitRunner(folder: string, run: RunProcess = runProcess): GitRunner {
  return async (args, input = '', variables = []) => {
    const { code, stdout, stderr } = await run({
      command: 'env',
      args: [...isolatedGit, ...variables, 'git', '-C', folder, ...args],
      input,
      signal: AbortSignal.timeout(2 * deadlineMs),
      deadlineMs,
    });
    return { code: code ?? 1, output: stdout.toString(), error: stderr };
  };
}

/** The outcome, unless Git failed. */
export async function expectSuccess(running: Promise<Outcome>): Promise<Outcome> {
  const outcome = await running;
  if (outcome.code !== 0) throw new Error(`git failed: ${outcome.error || outcome.output}`);
  return outcome;
}
