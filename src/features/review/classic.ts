import { BorderError } from '../../model/error.ts';
import { repoKey } from '../../model/repo.ts';
import type { RepoPort } from '../../world/forge/forge.ts';
import { checkName } from './pull-check.ts';

/** Milliseconds for which the rules of a branch are not read again, and the most branches remembered. */
const freshFor = 60_000;
const mostBranches = 1_000;

/** Whether the protection of a branch asks for a commit status of our check's name. False where it may not be read. */
export function createClassic(now: () => Date): (port: RepoPort, branch: string) => Promise<boolean> {
  const known = new Map<string, { readonly until: number; readonly asked: Promise<boolean> }>();
  return (port, branch) => {
    const key = `${repoKey(port.ref)}:${branch}`;
    const at = now().getTime();
    const found = known.get(key);
    if (found !== undefined && found.until > at) return found.asked;
    const asked = asks(port, branch);
    known.delete(key);
    known.set(key, { until: at + freshFor, asked });
    asked.catch(() => known.delete(key));
    const [oldest] = known.keys();
    if (known.size > mostBranches && oldest !== undefined) known.delete(oldest);
    return asked;
  };
}

async function asks(port: RepoPort, branch: string): Promise<boolean> {
  try {
    return (await port.branchRules(branch)).requiredStatuses?.includes(checkName) ?? false;
  } catch (error) {
    // Rules that cannot be read must not keep the check back.
    if (error instanceof BorderError) return false;
    throw error;
  }
}
