import { describe, expect, test } from '@jest/globals';
import { currentPull } from '../../../src/features/review/current-pull.ts';
import type { PullTools } from '../../../src/features/review/pull-tools.ts';
import type { Pull, RepoPort } from '../../../src/world/forge/forge.ts';

const repo = { forge: 'github', id: 1, fullName: 'acme/gitops', installation: 7 };
const job = { repo, pull: 3, reason: 'pull', head: 'late' } as const;

/** A forge that shows these heads one after another, the last one for ever, and Git that says another; the head reviewed last is `second`. */
function world(shown: readonly string[], inGit: string) {
  const heads = [...shown];
  const open = (sha: string) => ({ state: 'open', head: { sha } }) as Pull;
  const port = {
    pull: async () => open((heads.length > 1 ? heads.shift() : heads[0]) ?? ''),
    gitRemote: async () => ({ url: '', header: '', pullRefs: () => ({ head: 'refs/pull/3/head', merge: null }) }),
  } as unknown as RepoPort;
  const tools = {
    store: { pulls: { last: async () => ({ head: 'second' }) }, outbox: { open: async () => [] } },
    mirror: async () => ({ fetch: async () => undefined, resolve: async () => inGit }),
    pause: async () => undefined,
    review: { now: () => new Date(0) },
  } as unknown as PullTools;
  return currentPull(job, port, tools, new AbortController().signal);
}

describe('a pull whose event names another head than the forge shows', () => {
  test('is taken as the forge shows it when Git agrees', async () => {
    expect((await world(['second'], 'second')).head.sha).toBe('second');
  });

  test('is read once more when it was pushed to while Git was asked', async () => {
    const untilGit = ['second', 'second', 'second', 'second', 'second'];

    expect((await world([...untilGit, 'third'], 'third')).head.sha).toBe('third');
    expect((await world([...untilGit, 'fourth'], 'third')).head.sha).toBe('fourth');
  });

  test('is left for later when the forge goes on to contradict Git', async () => {
    await expect(world(['second'], 'third')).rejects.toMatchObject({ code: 'stale-read', kind: 'unavailable' });
  });
});
